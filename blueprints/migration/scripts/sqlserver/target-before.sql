-- At the target, before the load, as owner of the database: nothing fires or is checked while tables arrive in any order.
DECLARE @statement nvarchar(max) = N'';
SELECT @statement += N'ALTER TABLE ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N' NOCHECK CONSTRAINT ALL; '
    + N'DISABLE TRIGGER ALL ON ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N'; '
FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id WHERE t.is_ms_shipped = 0;
EXEC sys.sp_executesql @statement;
SET @statement = N'';
SELECT @statement += N'ALTER INDEX ' + QUOTENAME(i.name) + N' ON ' + QUOTENAME(s.name) + N'.' + QUOTENAME(t.name) + N' DISABLE; '
FROM sys.indexes AS i JOIN sys.tables AS t ON t.object_id = i.object_id JOIN sys.schemas AS s ON s.schema_id = t.schema_id
WHERE t.is_ms_shipped = 0 AND i.type = 2 AND i.is_unique = 0 AND i.is_disabled = 0;
EXEC sys.sp_executesql @statement;
GO
