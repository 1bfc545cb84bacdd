<?php
declare(strict_types=1);

/** The value of a setting, from the environment of Apache or of cron. */
function setting(string $name, string $default = ''): string
{
    $value = getenv($name);
    return $value === false ? $default : $value;
}

function db(): PDO
{
    static $connection = null;
    if ($connection === null) {
        $dsn = sprintf('mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4', getenv('DB_HOST'), setting('DB_PORT', '3306'), getenv('DB_NAME'));
        $connection = new PDO($dsn, getenv('DB_USER'), getenv('DB_PASSWORD'), [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
        ]);
    }
    return $connection;
}

function h(?string $text): string
{
    return htmlspecialchars((string) $text, ENT_QUOTES, 'UTF-8');
}

function page(string $template, array $values = [], int $status = 200): void
{
    http_response_code($status);
    extract($values, EXTR_SKIP);
    require __DIR__ . '/../templates/layout.php';
}
