<?php

declare(strict_types=1);

require __DIR__ . '/../lib/users.php';

foreach (glob(__DIR__ . '/../sql/*.sql') as $file) {
    database()->exec(file_get_contents($file));
    echo basename($file), PHP_EOL;
}
