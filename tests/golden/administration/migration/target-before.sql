-- At the target, before the load. Foreign keys rest by the endpoint's AfterConnectScript (FOREIGN_KEY_CHECKS=0). Triggers fire
-- in MySQL whoever writes: make the target's schema without them (mysqldump --skip-triggers). This lists those that are there.
SELECT trigger_schema, trigger_name, 'must not exist yet' AS problem FROM information_schema.triggers
WHERE trigger_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema');
SELECT IF(@@local_infile = 1, 'ok', 'set local_infile to 1 in the parameter group') AS local_infile;
