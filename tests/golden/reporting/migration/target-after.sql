-- At the target, at the cut-over, after the task was stopped: indexes come back, sequences go on after the highest value,
-- foreign keys are checked by adding them anew, statistics are taken.
SELECT definition FROM public.replatform_dropped_indexes \gexec
DROP TABLE public.replatform_dropped_indexes;
SELECT format('SELECT setval(%L, coalesce((SELECT max(%I) FROM %s), 0) + 1, false)',
    pg_get_serial_sequence(c.oid::regclass::text, a.attname), a.attname, c.oid::regclass)
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND pg_get_serial_sequence(c.oid::regclass::text, a.attname) IS NOT NULL \gexec
SELECT format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', conrelid::regclass, conname, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 \gexec
ANALYZE;
