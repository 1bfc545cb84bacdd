CREATE TABLE conversions (
    id bigserial PRIMARY KEY,
    matter text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'failed')),
    created timestamptz NOT NULL DEFAULT now(),
    document bytea NOT NULL,
    text text NOT NULL DEFAULT ''
);
CREATE INDEX conversions_queue ON conversions (id) WHERE state = 'queued';
