-- At the source, as SYSDBA, in SQL*Plus:  sqlplus / as sysdba @migration/source.sql
-- It asks for the password, which is the one in the secret SourceSecretArn. ARCHIVELOG must be on.
-- https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.Oracle.html (2026-11-21)
SET VERIFY OFF
ACCEPT password CHAR PROMPT 'Password of dms_source: ' HIDE
DECLARE
  found PLS_INTEGER;
BEGIN
  SELECT COUNT(*) INTO found FROM dba_users WHERE username = 'DMS_SOURCE';
  IF found = 0 THEN EXECUTE IMMEDIATE 'CREATE USER dms_source IDENTIFIED BY "&password"'; END IF;
END;
/
GRANT CREATE SESSION, SELECT ANY TRANSACTION, LOGMINING, SELECT ANY DICTIONARY, SELECT ANY TABLE TO dms_source;
GRANT EXECUTE ON SYS.DBMS_LOGMNR TO dms_source;
GRANT EXECUTE ON SYS.DBMS_CRYPTO TO dms_source;
GRANT EXECUTE ON SYS.DBMS_FILE_TRANSFER TO dms_source;
GRANT CREATE ANY DIRECTORY TO dms_source;
DECLARE
  minimal v$database.supplemental_log_data_min%TYPE;
BEGIN
  SELECT supplemental_log_data_min INTO minimal FROM v$database;
  IF minimal = 'NO' THEN EXECUTE IMMEDIATE 'ALTER DATABASE ADD SUPPLEMENTAL LOG DATA'; END IF;
  FOR one IN (
    SELECT t.owner, t.table_name,
      (SELECT COUNT(*) FROM dba_constraints c WHERE c.owner = t.owner AND c.table_name = t.table_name AND c.constraint_type = 'P') AS keyed
    FROM dba_tables t JOIN dba_users u ON u.username = t.owner
    WHERE u.oracle_maintained = 'N' AND t.temporary = 'N' AND t.nested = 'NO' AND t.owner <> 'DMS_SOURCE'
      AND NOT EXISTS (SELECT 1 FROM dba_log_groups g WHERE g.owner = t.owner AND g.table_name = t.table_name)
  ) LOOP
    EXECUTE IMMEDIATE 'ALTER TABLE "' || one.owner || '"."' || one.table_name || '" ADD SUPPLEMENTAL LOG DATA ('
      || CASE WHEN one.keyed > 0 THEN 'PRIMARY KEY' ELSE 'ALL' END || ') COLUMNS';
  END LOOP;
END;
/
