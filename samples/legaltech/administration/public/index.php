<?php

declare(strict_types=1);

require __DIR__ . '/../lib/users.php';

$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$method = $_SERVER['REQUEST_METHOD'];

if ($path === '/salud') {
    header('Content-Type: application/json');
    echo json_encode(['usuarios' => count(all_users())]);
    exit;
}
if ($path === '/usuarios' && $method === 'POST') {
    $email = filter_var($_POST['email'] ?? '', FILTER_VALIDATE_EMAIL);
    if ($email === false || trim($_POST['name'] ?? '') === '') {
        http_response_code(400);
        exit('Faltan el nombre o un correo válido.');
    }
    add_user(trim($_POST['name']), $email);
    header('Location: /', true, 303);
    exit;
}
if (preg_match('#^/usuarios/(\d+)/baja$#', $path, $found) && $method === 'POST') {
    disable_user((int) $found[1]);
    header('Location: /', true, 303);
    exit;
}
if ($path !== '/') {
    http_response_code(404);
    exit('No existe.');
}

$text = fn (string $value): string => htmlspecialchars($value, ENT_QUOTES, 'UTF-8');
$users = all_users();
?>
<!doctype html>
<html lang="es">
<head><meta charset="utf-8"><title>Usuarios</title></head>
<body>
<h1><?= $text(getenv('OFFICE_NAME') ?: 'Administración') ?></h1>
<table>
<?php foreach ($users as $user): ?>
<tr>
  <td><?= $text($user['name']) ?></td><td><?= $text($user['email']) ?></td>
  <td><?php if ($user['disabled_on'] === null): ?>
    <form method="post" action="/usuarios/<?= (int) $user['id'] ?>/baja"><button>Dar de baja</button></form>
  <?php else: ?>de baja desde <?= $text($user['disabled_on']) ?><?php endif ?></td>
</tr>
<?php endforeach ?>
</table>
<form method="post" action="/usuarios">
  <label>Nombre <input name="name" required></label> <label>Correo <input name="email" type="email" required></label>
  <button>Dar de alta</button>
</form>
</body>
</html>
