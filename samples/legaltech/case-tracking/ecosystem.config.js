module.exports = {
  apps: [
    {
      name: 'case-tracking',
      script: 'src/server.js',
      instances: 2,
      exec_mode: 'cluster',
      max_memory_restart: '300M',
      kill_timeout: 10000,
      env_production: { NODE_ENV: 'production' },
    },
    {
      // Runs once and stops; pm2 starts it again at the given times.
      name: 'case-tracking-deadlines',
      script: 'scripts/send-deadlines.js',
      autorestart: false,
      cron_restart: '0 6 * * 1-5',
      env_production: { NODE_ENV: 'production' },
    },
  ],
};
