<?php
declare(strict_types=1);

/** The client whose access code this is, or null. */
function client_by_code(string $code): ?array
{
    foreach (db()->query('SELECT id, name, code_hash FROM clients') as $client) {
        if (password_verify($code, $client['code_hash'])) {
            return $client;
        }
    }
    return null;
}

function matters_of(int $client): array
{
    $query = db()->prepare('SELECT id, title, state, updated FROM matters WHERE client_id = ? ORDER BY updated DESC');
    $query->execute([$client]);
    return $query->fetchAll();
}

/** Documents older than the months that they are kept for; the number of those that were deleted. */
function forget_documents(int $months): int
{
    $query = db()->prepare('DELETE FROM documents WHERE uploaded < DATE_SUB(NOW(), INTERVAL ? MONTH)');
    $query->execute([$months]);
    return $query->rowCount();
}
