# Gives each service's own database user its password and exactly its rights; running it twice does no harm.
# DATABASE_USERS: names of users, of whom USER_<name>_NAME, _PASSWORD, _READS and _WRITES tell (tables in small letters, with
# commas between them; * for all). Connects by DATABASE_HOST, _PORT and _NAME as MASTER_USERNAME with MASTER_PASSWORD.
# Names and passwords reach the server as variables of psql, quoted there; no password stands on a command line.
# https://www.postgresql.org/docs/current/sql-grant.html, https://www.postgresql.org/docs/current/app-psql.html (2026-11-21)
export PGHOST="$DATABASE_HOST" PGPORT="$DATABASE_PORT" PGDATABASE="$DATABASE_NAME" PGSSLMODE="${PGSSLMODE:-require}"
export PGUSER="$MASTER_USERNAME" PGPASSWORD="$MASTER_PASSWORD" PGCONNECT_TIMEOUT=15
for user in $DATABASE_USERS; do
  eval "USERNAME=\$USER_${user}_NAME PASSWORD=\$USER_${user}_PASSWORD READS=\${USER_${user}_READS-} WRITES=\${USER_${user}_WRITES-}"
  export USERNAME PASSWORD READS WRITES
  # One transaction: a service that runs meanwhile is never without its rights.
  psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --set=VERBOSITY=terse <<'SQL'
BEGIN;
\set username `printf %s "$USERNAME"`
\set password `printf %s "$PASSWORD"`
\set reads `printf %s "$READS"`
\set writes `printf %s "$WRITES"`
SELECT format('CREATE ROLE %I LOGIN', :'username')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'username') \gexec
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L', :'username', :'password') \gexec
-- What may be granted: relations of roles that the master is a member of, the application's user among them.
CREATE TEMPORARY VIEW relations AS
  SELECT c.oid, c.relkind, c.relacl, n.nspname AS schema, lower(c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND pg_has_role(c.relowner, 'MEMBER');
CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS
  SELECT oid, schema, CASE WHEN relkind = 'S' THEN 'USAGE' WHEN written THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE 'SELECT' END AS rights
    FROM relations, LATERAL (SELECT string_to_array(:'reads', ',') AS reads, string_to_array(:'writes', ',') AS writes) AS lists,
      LATERAL (SELECT ARRAY[name, '*'] && writes AS written, ARRAY[name, '*'] && reads AS read) AS named
    -- A sequence tells nothing but its next number, and which tables take theirs from it is often known to the code alone.
    WHERE (relkind <> 'S' AND (written OR read)) OR (relkind = 'S' AND writes <> '{}');
SELECT format('REVOKE ALL ON %s FROM %I', oid::regclass, :'username') FROM relations
  WHERE EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = (SELECT oid FROM pg_roles WHERE rolname = :'username')) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'username') \gexec
SELECT DISTINCT format('GRANT USAGE ON SCHEMA %I TO %I', schema, :'username') FROM wanted \gexec
SELECT format('GRANT %s ON %s TO %I', rights, oid::regclass, :'username') FROM wanted \gexec
SELECT DISTINCT format('%s: there is no table %s yet', :'username', name)
  FROM unnest(string_to_array(:'reads', ',') || string_to_array(:'writes', ',')) AS name
  WHERE name <> '*' AND name NOT IN (SELECT name FROM relations WHERE relkind <> 'S');
SELECT format('%s has rights on %s relations', :'username', count(*)) FROM wanted;
COMMIT;
SQL
done
