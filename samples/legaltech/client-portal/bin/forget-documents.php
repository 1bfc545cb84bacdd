<?php
declare(strict_types=1);

require __DIR__ . '/../lib/bootstrap.php';
require __DIR__ . '/../lib/matters.php';

echo forget_documents((int) setting('KEEP_MONTHS', '24')), " documents deleted\n";
