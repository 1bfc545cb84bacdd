const express = require('express');

const cases = require('../cases');

// Read-only pages for the secretariat; nginx asks for the password.
module.exports = (pool) => {
  const router = express.Router();

  router.get('/', (req, res, next) => {
    const { status = 'open', q = '' } = req.query;
    cases.list(pool, { status, q })
      .then((rows) => res.render('list', { rows, status, q, statuses: cases.STATUSES }))
      .catch(next);
  });

  router.get('/cases/:id(\\d+)', (req, res, next) => {
    cases.find(pool, req.params.id).then((found) => res.render('case', { found })).catch(next);
  });

  return router;
};
