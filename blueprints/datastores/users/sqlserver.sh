# Gives each service's own database user its password and exactly its rights; running it twice does no harm.
# DATABASE_USERS: names of users, of whom USER_<name>_NAME, _PASSWORD, _READS and _WRITES tell (tables in small letters, with
# commas between them; * for all). Connects by DATABASE_HOST, _PORT and _NAME as MASTER_USERNAME with MASTER_PASSWORD.
# Names and passwords reach the server as hexadecimal literals and are quoted there; no password stands on a command line.
# https://learn.microsoft.com/en-us/sql/t-sql/statements/grant-object-permissions-transact-sql (2026-11-21)
hexadecimal() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
export SQLCMDPASSWORD="$MASTER_PASSWORD" PATH="$PATH:/opt/mssql-tools18/bin:/opt/mssql-tools/bin"
for user in $DATABASE_USERS; do
  eval "USERNAME=\$USER_${user}_NAME PASSWORD=\$USER_${user}_PASSWORD READS=\${USER_${user}_READS-} WRITES=\${USER_${user}_WRITES-}"
  # -N and -C: encrypted, though the image does not know the authority that signs certificates of RDS. -I: for the xml below.
  sqlcmd -N -C -b -x -I -l 15 -S "tcp:$DATABASE_HOST,$DATABASE_PORT" -U "$MASTER_USERNAME" -d master -i /dev/stdin <<SQL
SET NOCOUNT, XACT_ABORT ON;
DECLARE @database sysname = CONVERT(varchar(128), 0x$(hexadecimal "$DATABASE_NAME"));
DECLARE @username sysname = CONVERT(varchar(128), 0x$(hexadecimal "$USERNAME"));
DECLARE @password nvarchar(128) = CONVERT(varchar(128), 0x$(hexadecimal "$PASSWORD"));
DECLARE @reads nvarchar(max) = CONVERT(varchar(max), 0x$(hexadecimal ",$READS,")), @writes nvarchar(max) = CONVERT(varchar(max), 0x$(hexadecimal ",$WRITES,"));
DECLARE @quoted nvarchar(300) = N'N''' + REPLACE(@password, N'''', N'''''') + N'''';
DECLARE @user nvarchar(300) = QUOTENAME(@username), @run nvarchar(300) = QUOTENAME(@database) + N'.sys.sp_executesql';
DECLARE @statement nvarchar(max);
IF SUSER_ID(@username) IS NULL
  SET @statement = N'CREATE LOGIN ' + @user + N' WITH PASSWORD = ' + @quoted
    + N', DEFAULT_DATABASE = ' + QUOTENAME(@database) + N', CHECK_EXPIRATION = OFF';
ELSE
  SET @statement = N'ALTER LOGIN ' + @user + N' WITH PASSWORD = ' + @quoted;
EXEC (@statement);
-- In the application's database, and in one transaction: a service that runs meanwhile is never without its rights.
SET @statement = N'
BEGIN TRANSACTION;
DECLARE @statements nvarchar(max) = CASE WHEN DATABASE_PRINCIPAL_ID(@username) IS NULL
  THEN N''CREATE USER '' + QUOTENAME(@username) + N'' FOR LOGIN '' + QUOTENAME(@username)
  ELSE N''ALTER USER '' + QUOTENAME(@username) + N'' WITH LOGIN = '' + QUOTENAME(@username) END;
EXEC (@statements);
SELECT @statements = STRING_AGG(CONVERT(nvarchar(max), N''REVOKE '') + permission_name COLLATE DATABASE_DEFAULT + N'' ON OBJECT::''
    + QUOTENAME(OBJECT_SCHEMA_NAME(major_id)) + N''.'' + QUOTENAME(OBJECT_NAME(major_id)) + N'' FROM '' + QUOTENAME(@username), N''; '')
  FROM sys.database_permissions
  WHERE class = 1 AND minor_id = 0 AND grantee_principal_id = DATABASE_PRINCIPAL_ID(@username);
EXEC (@statements);
WITH relations AS (
  SELECT type, QUOTENAME(SCHEMA_NAME(schema_id)) + N''.'' + QUOTENAME(name) AS quoted,
      CASE WHEN @writes = N'',*,'' OR CHARINDEX(N'','' + LOWER(name) + N'','', @writes) > 0 THEN 1 ELSE 0 END AS written,
      CASE WHEN @reads = N'',*,'' OR CHARINDEX(N'','' + LOWER(name) + N'','', @reads) > 0 THEN 1 ELSE 0 END AS selected
    FROM sys.objects WHERE type IN (''U'', ''V'', ''SO'') AND is_ms_shipped = 0)
SELECT @statements = STRING_AGG(CONVERT(nvarchar(max), N''GRANT '')
    + CASE WHEN type = ''SO'' THEN N''UPDATE'' WHEN written = 1 THEN N''SELECT, INSERT, UPDATE, DELETE'' ELSE N''SELECT'' END
    + N'' ON OBJECT::'' + quoted + N'' TO '' + QUOTENAME(@username), N''; '')
  FROM relations
  -- A sequence tells nothing but its next number, and which tables take theirs from it is often known to the code alone.
  WHERE CASE WHEN type = ''SO'' THEN IIF(@writes = N'',,'', 0, 1) ELSE written + selected END > 0;
EXEC (@statements);
COMMIT;
-- By xml: databases of older servers keep a compatibility level at which there is no STRING_SPLIT.
DECLARE @names xml = N''<t>'' + REPLACE(@reads + @writes, N'','', N''</t><t>'') + N''</t>'';
SELECT DISTINCT @username + N'': there is no table '' + one.name.value(''.'', ''nvarchar(128)'') + N'' yet'' FROM @names.nodes(''/t'') AS one(name)
  WHERE one.name.value(''.'', ''nvarchar(128)'') NOT IN (N'''', N''*'') AND one.name.value(''.'', ''nvarchar(128)'') COLLATE DATABASE_DEFAULT
    NOT IN (SELECT LOWER(name) COLLATE DATABASE_DEFAULT FROM sys.objects WHERE type IN (''U'', ''V''));';
EXEC @run @statement, N'@username sysname, @reads nvarchar(max), @writes nvarchar(max)', @username, @reads, @writes;
GO
SQL
  echo "$USERNAME has its rights."
done
