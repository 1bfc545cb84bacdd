# Gives each service's own database user its password and exactly its rights; running it twice does no harm.
# DATABASE_USERS: names of users, of whom USER_<name>_NAME, _PASSWORD, _READS and _WRITES tell (tables in small letters, with
# commas between them; * for all). Connects by DATABASE_HOST, _PORT and _NAME as MASTER_USERNAME with MASTER_PASSWORD.
# Names and passwords reach the server as hexadecimal literals and are quoted there; no password stands on a command line.
# https://dev.mysql.com/doc/refman/8.4/en/grant.html, https://mariadb.com/kb/en/grant/ (2026-11-21)
hexadecimal() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
set -f # a list may be *
export MYSQL_PWD="$MASTER_PASSWORD"
if [ "$DATABASE_ENGINE" = mariadb ]; then set -- mariadb; else set -- mysql; fi
if [ "${DATABASE_TLS:-required}" = off ]; then :
elif [ "$DATABASE_ENGINE" = mariadb ]; then set -- "$@" --ssl
else set -- "$@" --ssl-mode=REQUIRED; fi
set -- "$@" --connect-timeout=15 --batch --raw --skip-column-names --host="$DATABASE_HOST" --port="$DATABASE_PORT" --user="$MASTER_USERNAME"
for user in $DATABASE_USERS; do
  eval "USERNAME=\$USER_${user}_NAME PASSWORD=\$USER_${user}_PASSWORD READS=\${USER_${user}_READS-} WRITES=\${USER_${user}_WRITES-}"
  statements=$("$@" <<SQL
SET NAMES utf8mb4 COLLATE utf8mb4_bin;
SET @database = CONVERT(X'$(hexadecimal "$DATABASE_NAME")' USING utf8mb4);
SET @account = CONCAT(QUOTE(CONVERT(X'$(hexadecimal "$USERNAME")' USING utf8mb4)), '@', QUOTE('%'));
SET @password = QUOTE(CONVERT(X'$(hexadecimal "$PASSWORD")' USING utf8mb4));
SET @reads = CONVERT(X'$(hexadecimal "$READS")' USING utf8mb4), @writes = CONVERT(X'$(hexadecimal "$WRITES")' USING utf8mb4);
SET @backquote = CHAR(96 USING utf8mb4);
SET @statement = CONCAT('CREATE USER IF NOT EXISTS ', @account, ' IDENTIFIED BY ', @password);
PREPARE statement FROM @statement; EXECUTE statement;
SET @statement = CONCAT('ALTER USER ', @account, ' IDENTIFIED BY ', @password);
PREPARE statement FROM @statement; EXECUTE statement;
-- What it may no longer do goes, what it may do is left as it is: a service that runs meanwhile keeps its rights.
SELECT CONCAT('REVOKE ', privilege_type, ' ON ', @backquote, REPLACE(table_schema, @backquote, '\`\`'), @backquote, '.',
    @backquote, REPLACE(table_name, @backquote, '\`\`'), @backquote, ' FROM ', @account, ';')
  FROM information_schema.table_privileges AS granted
  WHERE CONVERT(grantee USING utf8mb4) COLLATE utf8mb4_bin = @account AND NOT (table_schema = @database AND CASE
    WHEN EXISTS (SELECT 1 FROM information_schema.tables AS own WHERE own.table_schema = granted.table_schema
      AND own.table_name = granted.table_name AND own.table_type = 'SEQUENCE') THEN @writes <> ''
    WHEN '*' = @writes OR FIND_IN_SET(LOWER(table_name), @writes) THEN privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    ELSE privilege_type = 'SELECT' AND ('*' = @reads OR FIND_IN_SET(LOWER(table_name), @reads)) END);
-- A sequence, which MariaDB has, tells nothing but its next number, and who takes it is often known to the code alone.
SELECT CONCAT('GRANT ', CASE WHEN table_type = 'SEQUENCE' THEN 'SELECT, INSERT'
      WHEN '*' = @writes OR FIND_IN_SET(LOWER(table_name), @writes) THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END, ' ON ', @backquote, REPLACE(table_schema, @backquote, '\`\`'), @backquote, '.',
    @backquote, REPLACE(table_name, @backquote, '\`\`'), @backquote, ' TO ', @account, ';')
  FROM information_schema.tables
  WHERE table_schema = @database AND CASE WHEN table_type = 'SEQUENCE' THEN @writes <> ''
    ELSE '*' IN (@reads, @writes) OR FIND_IN_SET(LOWER(table_name), CONCAT(@reads, ',', @writes)) END;
SQL
  )
  "$@" <<SQL
$statements
SQL
  for table in $(printf %s "$READS,$WRITES" | tr , ' '); do
    printf %s "$statements" | grep -qiF "\`$table\` TO " || [ "$table" = '*' ] || echo "$USERNAME: there is no table $table yet"
  done
  tables=$(printf %s "$statements" | grep -c '^GRANT ' || true)
  echo "$USERNAME has rights on $tables tables"
done
