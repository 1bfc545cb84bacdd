const crypto = require('node:crypto');
const express = require('express');

const cases = require('../cases');

// Express 4 does not catch rejected promises.
const wrap = (handler) => (req, res, next) => handler(req, res).catch(next);

function bearer(token) {
  const digest = (value) => crypto.createHash('sha256').update(value).digest();
  const expected = digest(`Bearer ${token}`);
  return (req, res, next) => {
    if (crypto.timingSafeEqual(digest(req.get('authorization') || ''), expected)) {
      next();
    } else {
      res.status(401).json({ error: 'token required' });
    }
  };
}

module.exports = (pool, apiToken) => {
  const router = express.Router();
  router.use(bearer(apiToken));
  router.use(express.json({ limit: '100kb' }));

  router.get('/cases', wrap(async (req, res) => {
    res.json(await cases.list(pool, req.query));
  }));

  router.get('/cases/:id(\\d+)', wrap(async (req, res) => {
    res.json(await cases.find(pool, req.params.id));
  }));

  router.post('/cases', wrap(async (req, res) => {
    const id = await cases.create(pool, req.body);
    res.status(201).location(`/api/cases/${id}`).json({ id });
  }));

  router.patch('/cases/:id(\\d+)', wrap(async (req, res) => {
    await cases.setStatus(pool, req.params.id, req.body.status);
    res.status(204).end();
  }));

  router.post('/cases/:id(\\d+)/deadlines', wrap(async (req, res) => {
    res.status(201).json({ id: await cases.addDeadline(pool, req.params.id, req.body) });
  }));

  return router;
};
