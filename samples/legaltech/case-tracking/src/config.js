require('dotenv').config();

const required = ['DB_HOST', 'DB_NAME', 'DB_USER', 'DB_PASSWORD', 'API_TOKEN'];

function load(env = process.env) {
  const missing = required.filter((name) => !env[name]);
  if (missing.length > 0) {
    throw new Error(`missing environment variables: ${missing.join(', ')}`);
  }
  return {
    port: Number(env.PORT || 3000),
    apiToken: env.API_TOKEN,
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM || 'cases@example.com',
    deadlineWarningDays: Number(env.DEADLINE_WARNING_DAYS || 3),
    db: {
      host: env.DB_HOST,
      port: Number(env.DB_PORT || 3306),
      database: env.DB_NAME,
      user: env.DB_USER,
      password: env.DB_PASSWORD,
      connectionLimit: Number(env.DB_POOL_SIZE || 10),
      charset: 'utf8mb4',
      timezone: 'Z',
      // Due dates have no time zone: keep them as they are stored.
      dateStrings: ['DATE'],
    },
  };
}

module.exports = { load };
