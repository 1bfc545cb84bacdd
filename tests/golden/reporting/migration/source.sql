-- At the source, as superuser, in the database that is migrated. The password is the one in the secret SourceSecretArn:
--   DMS_PASSWORD=... psql -v ON_ERROR_STOP=1 -f migration/source.sql DATABASE        (psql 15 or later)
-- Safe to run again. wal_level counts after a restart of the server.
-- https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html (2026-11-21)
\getenv password DMS_PASSWORD
SELECT 'CREATE ROLE dms_source LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'dms_source') \gexec
ALTER ROLE dms_source WITH LOGIN REPLICATION PASSWORD :'password';
ALTER SYSTEM SET wal_level = logical;
ALTER SYSTEM SET max_wal_senders = 10;
ALTER SYSTEM SET max_replication_slots = 10;
ALTER SYSTEM SET wal_sender_timeout = '60s';
SELECT format('GRANT USAGE ON SCHEMA %I TO dms_source; GRANT SELECT ON ALL TABLES IN SCHEMA %I TO dms_source', nspname, nspname)
FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' \gexec
-- Without a primary key a change of a row is only found by the whole row.
SELECT format('ALTER TABLE %s REPLICA IDENTITY FULL', c.oid::regclass)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.oid AND i.indisprimary) \gexec
