ALTER TABLE conversions ADD COLUMN failure text NOT NULL DEFAULT '';
