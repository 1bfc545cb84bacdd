const mysql = require('mysql2/promise');

const { createApp } = require('./app');
const config = require('./config').load();

const pool = mysql.createPool(config.db);
const server = createApp({ pool, apiToken: config.apiToken }).listen(config.port, () => {
  console.log(`case-tracking listens on ${config.port}`);
});

// pm2 sends SIGINT, systemd SIGTERM.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => pool.end().then(() => process.exit(0)));
    server.closeIdleConnections();
  });
}
