-- At the target, at the cut-over, after the task was stopped. First the triggers:
--   mysqldump --no-data --no-create-info --triggers SCHEMA (at the source) | mysql (at the target)
-- AUTO_INCREMENT goes on after the highest value by itself. Rows that break a foreign key were loaded unchecked: each
-- statement printed here counts the orphans of one, and must find none.
SELECT CONCAT('SELECT COUNT(*) AS orphans FROM `', k.table_schema, '`.`', k.table_name, '` c LEFT JOIN `',
    k.referenced_table_schema, '`.`', k.referenced_table_name, '` p ON ',
    GROUP_CONCAT(CONCAT('p.`', k.referenced_column_name, '` = c.`', k.column_name, '`') SEPARATOR ' AND '),
    ' WHERE ', GROUP_CONCAT(CONCAT('c.`', k.column_name, '` IS NOT NULL') SEPARATOR ' AND '),
    ' AND p.`', MIN(k.referenced_column_name), '` IS NULL;') AS to_run
FROM information_schema.key_column_usage AS k
WHERE k.referenced_table_name IS NOT NULL
GROUP BY k.constraint_schema, k.constraint_name, k.table_schema, k.table_name, k.referenced_table_schema, k.referenced_table_name;
