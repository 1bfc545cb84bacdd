const path = require('node:path');
const express = require('express');
const helmet = require('helmet');
const morgan = require('morgan');

const api = require('./routes/api');
const pages = require('./routes/pages');

function createApp({ pool, apiToken, accessLog = true }) {
  const app = express();
  app.set('view engine', 'ejs');
  app.set('views', path.join(__dirname, 'views'));
  app.set('trust proxy', 'loopback');

  app.use(helmet());
  if (accessLog) {
    app.use(morgan('combined', { skip: (req) => req.path === '/healthz' }));
  }

  app.get('/healthz', async (req, res) => {
    try {
      await pool.query('SELECT 1');
      res.json({ status: 'ok' });
    } catch (err) {
      res.status(503).json({ status: 'database unavailable' });
    }
  });

  app.use('/static', express.static(path.join(__dirname, '..', 'public'), { maxAge: '1d' }));
  app.use('/api', api(pool, apiToken));
  app.use('/', pages(pool));

  app.use((req, res) => res.status(404).json({ error: 'not found' }));
  app.use((err, req, res, next) => {
    if (err.status >= 400 && err.status < 500) {
      res.status(err.status).json({ error: err.message });
      return;
    }
    console.error(err);
    res.status(500).json({ error: 'internal error' });
  });
  return app;
}

module.exports = { createApp };
