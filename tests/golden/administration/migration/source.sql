-- At the source, as root. The client keeps no password in a file, so make the login first, with the password that lies in the
-- secret SourceSecretArn:  CREATE USER 'dms_source'@'%' IDENTIFIED BY '...' REQUIRE SSL;
-- Safe to run again. Put the same settings into my.cnf ([mysqld]), with log_bin and a server_id of 1 or more: those two need
-- a restart. https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MySQL.html (2026-11-21)
GRANT SELECT, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO 'dms_source'@'%';
SET GLOBAL binlog_format = 'ROW';
SET GLOBAL binlog_row_image = 'FULL';
SET GLOBAL binlog_expire_logs_seconds = 259200;
SET GLOBAL net_read_timeout = 300;
SET GLOBAL net_write_timeout = 300;
SELECT @@log_bin AS must_be_1, @@server_id AS must_be_1_or_more;
