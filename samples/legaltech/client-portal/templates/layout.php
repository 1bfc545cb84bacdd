<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title><?= h(setting('FIRM_NAME', 'Client portal')) ?></title><link rel="stylesheet" href="/style.css"></head>
<body>
<h1><?= h(setting('FIRM_NAME', 'Client portal')) ?></h1>
<?php require __DIR__ . "/$template.php"; ?>
</body>
</html>
