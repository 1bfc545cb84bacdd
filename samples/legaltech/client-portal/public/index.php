<?php
declare(strict_types=1);

require __DIR__ . '/../lib/bootstrap.php';
require __DIR__ . '/../lib/matters.php';
require __DIR__ . '/../lib/preview.php';

ini_set('session.cookie_httponly', '1');
session_start();
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);

if ($path === '/health') {
    db()->query('SELECT 1');
    header('Content-Type: text/plain');
    echo 'ok';
} elseif ($path === '/enter' && $_SERVER['REQUEST_METHOD'] === 'POST') {
    $client = client_by_code($_POST['code'] ?? '');
    if ($client === null) {
        page('enter', ['wrong' => true], 403);
        exit;
    }
    session_regenerate_id(true);
    $_SESSION['client'] = $client['id'];
    header('Location: /matters', true, 303);
} elseif (!isset($_SESSION['client'])) {
    page('enter', ['wrong' => false]);
} elseif ($path === '/matters' || $path === '/') {
    page('matters', ['matters' => matters_of((int) $_SESSION['client'])]);
} elseif ($path === '/preview' && isset($_FILES['picture'])) {
    header('Content-Type: image/jpeg');
    echo preview((string) file_get_contents($_FILES['picture']['tmp_name']));
} else {
    page('missing', [], 404);
}
