const STATUSES = ['open', 'suspended', 'closed'];

function badRequest(message) {
  return Object.assign(new Error(message), { status: 400 });
}

function text(body, name, max) {
  const value = body[name];
  if (typeof value !== 'string' || value.trim() === '' || value.length > max) {
    throw badRequest(`${name} is required, at most ${max} characters`);
  }
  return value.trim();
}

function date(body, name) {
  const value = body[name];
  const day = new Date(/^\d{4}-\d{2}-\d{2}$/.test(value) ? value : NaN);
  // JavaScript turns February 30 into March 1, MySQL refuses it.
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
    throw badRequest(`${name} must be a date like 2024-05-31`);
  }
  return value;
}

async function list(pool, { status = 'open', q = '' }) {
  const pattern = `%${String(q).replace(/[\\%_]/g, '\\$&')}%`;
  const [rows] = await pool.execute(
    `SELECT c.id, c.reference, c.title, c.court, c.client, c.status,
            (SELECT MIN(d.due_on) FROM deadlines d WHERE d.case_id = c.id AND d.done_at IS NULL) AS next_deadline
       FROM cases c
      WHERE c.status = ? AND (c.title LIKE ? OR c.reference LIKE ? OR c.client LIKE ?)
      ORDER BY next_deadline IS NULL, next_deadline, c.reference
      LIMIT 200`,
    [String(status), pattern, pattern, pattern],
  );
  return rows;
}

async function find(pool, id) {
  const [[found]] = await pool.execute('SELECT * FROM cases WHERE id = ?', [id]);
  if (!found) {
    throw Object.assign(new Error(`no case ${id}`), { status: 404 });
  }
  const [hearings] = await pool.execute('SELECT * FROM hearings WHERE case_id = ? ORDER BY held_at', [id]);
  const [deadlines] = await pool.execute('SELECT * FROM deadlines WHERE case_id = ? ORDER BY due_on', [id]);
  return { ...found, hearings, deadlines };
}

async function create(pool, body) {
  const row = [
    text(body, 'reference', 40), text(body, 'title', 200), text(body, 'court', 120),
    text(body, 'client', 160), date(body, 'opened_on'),
  ];
  try {
    const [result] = await pool.execute(
      'INSERT INTO cases (reference, title, court, client, opened_on) VALUES (?, ?, ?, ?, ?)', row,
    );
    return result.insertId;
  } catch (err) {
    if (err.code === 'ER_DUP_ENTRY') {
      throw Object.assign(new Error(`case ${row[0]} exists already`), { status: 409 });
    }
    throw err;
  }
}

async function setStatus(pool, id, status) {
  if (!STATUSES.includes(status)) {
    throw badRequest(`status must be one of ${STATUSES.join(', ')}`);
  }
  await find(pool, id);
  await pool.execute('UPDATE cases SET status = ? WHERE id = ?', [status, id]);
}

async function addDeadline(pool, id, body) {
  await find(pool, id);
  const [result] = await pool.execute(
    'INSERT INTO deadlines (case_id, due_on, description, assignee_email) VALUES (?, ?, ?, ?)',
    [id, date(body, 'due_on'), text(body, 'description', 500), text(body, 'assignee_email', 254)],
  );
  return result.insertId;
}

module.exports = { STATUSES, list, find, create, setStatus, addDeadline };
