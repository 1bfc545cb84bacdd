-- At the source, as sysadmin, in the database that is migrated. The password is the one in the secret SourceSecretArn:
--   DMS_PASSWORD=... sqlcmd -C -b -S HOST -d DATABASE -i migration/source.sql
-- Safe to run again. The recovery model must be FULL, and a full backup must exist, before changes can be captured.
-- https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.SQLServer.CDC.html (2026-11-21)
IF SUSER_ID(N'dms_source') IS NULL CREATE LOGIN dms_source WITH PASSWORD = N'$(DMS_PASSWORD)';
IF USER_ID(N'dms_source') IS NULL CREATE USER dms_source FOR LOGIN dms_source;
ALTER ROLE db_datareader ADD MEMBER dms_source;
ALTER ROLE db_owner ADD MEMBER dms_source;
GRANT VIEW DEFINITION TO dms_source;
GRANT VIEW DATABASE STATE TO dms_source;
GO
USE master;
GRANT VIEW SERVER STATE TO dms_source;
GRANT VIEW ANY DEFINITION TO dms_source;
GO
EXEC sp_configure 'max text repl size', -1;
RECONFIGURE;
GO
USE [$(SQLCMDDBNAME)];
GO
IF (SELECT recovery_model_desc FROM sys.databases WHERE name = DB_NAME()) <> N'FULL'
    RAISERROR('Set the recovery model to FULL and take a full backup first.', 16, 1);
IF (SELECT is_cdc_enabled FROM sys.databases WHERE name = DB_NAME()) = 0 EXEC sys.sp_cdc_enable_db;
GO
DECLARE @schema sysname, @table sysname;
DECLARE tables CURSOR LOCAL FAST_FORWARD FOR
    SELECT s.name, t.name FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
    WHERE t.is_ms_shipped = 0 AND t.is_tracked_by_cdc = 0 AND s.name <> N'cdc';
OPEN tables;
FETCH NEXT FROM tables INTO @schema, @table;
WHILE @@FETCH_STATUS = 0
BEGIN
    EXEC sys.sp_cdc_enable_table @source_schema = @schema, @source_name = @table, @role_name = NULL;
    FETCH NEXT FROM tables INTO @schema, @table;
END
CLOSE tables;
DEALLOCATE tables;
-- The capture job reads the log once a day, so that DMS finds what it needs in it.
EXEC sys.sp_cdc_change_job @job_type = N'capture', @pollinginterval = 86399;
GO
