<?php
declare(strict_types=1);

require __DIR__ . '/../lib/bootstrap.php';

db()->exec('CREATE TABLE IF NOT EXISTS schema_version (name VARCHAR(100) NOT NULL PRIMARY KEY)');
$known = db()->query('SELECT name FROM schema_version')->fetchAll(PDO::FETCH_COLUMN);
foreach (glob(__DIR__ . '/../sql/*.sql') as $file) {
    if (in_array(basename($file), $known, true)) {
        continue;
    }
    foreach (array_filter(array_map('trim', explode(";\n", file_get_contents($file)))) as $statement) {
        db()->exec($statement);
    }
    db()->prepare('INSERT INTO schema_version (name) VALUES (?)')->execute([basename($file)]);
    echo 'applied ', basename($file), "\n";
}
