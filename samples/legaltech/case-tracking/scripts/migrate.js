// Applies migrations/*.sql in order, each one once.
const fs = require('node:fs');
const path = require('node:path');
const mysql = require('mysql2/promise');

const config = require('../src/config').load();

async function main() {
  const folder = path.join(__dirname, '..', 'migrations');
  const { connectionLimit, ...db } = config.db;
  const connection = await mysql.createConnection({ ...db, multipleStatements: true });
  try {
    await connection.query(
      'CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR(100) NOT NULL PRIMARY KEY, applied_at DATETIME NOT NULL)',
    );
    const [rows] = await connection.query('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map((row) => row.name));
    const pending = fs.readdirSync(folder).filter((name) => name.endsWith('.sql') && !applied.has(name)).sort();
    for (const name of pending) {
      // MySQL commits every DDL statement by itself: after a failure the file has to be repaired by hand.
      await connection.query(fs.readFileSync(path.join(folder, name), 'utf8'));
      await connection.execute('INSERT INTO schema_migrations (name, applied_at) VALUES (?, UTC_TIMESTAMP())', [name]);
      console.log(`applied ${name}`);
    }
    console.log(pending.length === 0 ? 'nothing to do' : 'done');
  } finally {
    await connection.end();
  }
}

main().catch((err) => {
  console.error(err.message);
  process.exitCode = 1;
});
