-- At the target, at the cut-over, after the task was stopped: indexes, constraints and triggers come back, rows are checked,
-- and identity columns go on after the highest value.
DECLARE @statement nvarchar(max) = N'';
SELECT @statement += N'ALTER INDEX ' + QUOTENAME(i.name) + N' ON ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N' REBUILD; '
FROM sys.indexes AS i JOIN sys.tables AS t ON t.object_id = i.object_id JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE t.is_ms_shipped = 0 AND i.is_disabled = 1;
EXEC sys.sp_executesql @statement;
SET @statement = N'';
SELECT @statement += N'ALTER TABLE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N' WITH CHECK CHECK CONSTRAINT ALL; '
    + N'ENABLE TRIGGER ALL ON ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N'; '
FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE t.is_ms_shipped = 0;
EXEC sys.sp_executesql @statement;
SET @statement = N'';
SELECT @statement += N'DBCC CHECKIDENT (' + QUOTENAME(QUOTENAME(s.name) + N'.' + QUOTENAME(t.name), '''') + N', RESEED) WITH NO_INFOMSGS; '
FROM sys.identity_columns AS c JOIN sys.tables AS t ON t.object_id = c.object_id JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE t.is_ms_shipped = 0;
EXEC sys.sp_executesql @statement;
GO
