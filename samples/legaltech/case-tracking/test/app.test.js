const assert = require('node:assert/strict');
const test = require('node:test');
const request = require('supertest');

const { createApp } = require('../src/app');

// A pool that answers every statement with the given rows, or fails.
const poolWith = (rows) => {
  const answer = async () => {
    if (rows instanceof Error) throw rows;
    return [rows];
  };
  return { query: answer, execute: answer };
};
const app = (rows) => createApp({ pool: poolWith(rows), apiToken: 'secret', accessLog: false });

test('health follows the database', async () => {
  await request(app([])).get('/healthz').expect(200, { status: 'ok' });
  await request(app(new Error('gone'))).get('/healthz').expect(503);
});

test('the API wants the token', async () => {
  await request(app([])).get('/api/cases').expect(401);
  await request(app([])).get('/api/cases').set('Authorization', 'Bearer secret').expect(200, []);
});

test('an unknown case is a 404, a bad one a 400', async () => {
  await request(app([])).get('/api/cases/7').set('Authorization', 'Bearer secret').expect(404);
  const response = await request(app([])).post('/api/cases').set('Authorization', 'Bearer secret').send({ reference: 'A-1' });
  assert.equal(response.status, 400);
});

test('the list page escapes what people typed', async () => {
  const row = { id: 1, reference: 'A-1', title: '<b>x</b>', court: 'C', client: 'D', next_deadline: null };
  const response = await request(app([row])).get('/');
  assert.match(response.text, /&lt;b&gt;x&lt;\/b&gt;/);
});
