-- At the target, before the load. Foreign keys and triggers rest by the endpoint's AfterConnectScript
-- (session_replication_role = replica); secondary indexes are kept in a table and dropped.
CREATE TABLE IF NOT EXISTS public.replatform_dropped_indexes (definition text PRIMARY KEY);
INSERT INTO public.replatform_dropped_indexes
SELECT pg_get_indexdef(i.indexrelid)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind = 'r' AND NOT c.relispartition
    AND NOT i.indisunique AND NOT i.indisprimary
ON CONFLICT DO NOTHING;
SELECT format('DROP INDEX %s', i.indexrelid::regclass)
FROM pg_index AS i WHERE pg_get_indexdef(i.indexrelid) IN (SELECT definition FROM public.replatform_dropped_indexes) \gexec
