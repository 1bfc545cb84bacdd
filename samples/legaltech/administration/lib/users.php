<?php

declare(strict_types=1);

function database(): PDO
{
    static $database = null;
    return $database ??= new PDO(
        sprintf('mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4', getenv('DB_HOST'), getenv('DB_PORT') ?: '3306', getenv('DB_NAME')),
        getenv('DB_USER'),
        getenv('DB_PASSWORD'),
        [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC],
    );
}

function all_users(): array
{
    return database()->query('SELECT id, name, email, disabled_on FROM users ORDER BY name')->fetchAll();
}

function add_user(string $name, string $email): void
{
    database()->prepare('INSERT INTO users (name, email) VALUES (?, ?)')->execute([$name, $email]);
}

function disable_user(int $id): void
{
    database()->prepare('UPDATE users SET disabled_on = CURRENT_DATE WHERE id = ? AND disabled_on IS NULL')->execute([$id]);
}
