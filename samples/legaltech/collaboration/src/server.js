'use strict';

const { createClient } = require('redis');
const { application } = require('./app');

const port = Number(process.env.PORT || 8700);
const redis = createClient({ url: process.env.REDIS_URL || 'redis://localhost:6379/0' });
redis.on('error', (error) => console.error('redis:', error.message));

redis.connect().then(() => {
  const server = application(redis).listen(port, () => console.log(`rooms on port ${port}`));
  process.on('SIGTERM', () => server.close(() => redis.quit()));
});
