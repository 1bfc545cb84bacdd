// Mails every assignee the deadlines of the next days.
const mysql = require('mysql2/promise');
const nodemailer = require('nodemailer');

const config = require('../src/config').load();

async function main() {
  const { connectionLimit, ...db } = config.db;
  const connection = await mysql.createConnection(db);
  const transport = nodemailer.createTransport(config.smtpUrl || { jsonTransport: true });
  try {
    const [rows] = await connection.execute(
      `SELECT d.assignee_email, d.due_on, d.description, c.reference
         FROM deadlines d JOIN cases c ON c.id = d.case_id
        WHERE d.done_at IS NULL AND c.status = 'open' AND d.due_on <= DATE_ADD(CURRENT_DATE, INTERVAL ? DAY)
        ORDER BY d.assignee_email, d.due_on`,
      [config.deadlineWarningDays],
    );
    const byAssignee = new Map();
    for (const row of rows) {
      const lines = byAssignee.get(row.assignee_email) || [];
      lines.push(`${row.due_on}  ${row.reference}  ${row.description}`);
      byAssignee.set(row.assignee_email, lines);
    }
    for (const [to, lines] of byAssignee) {
      const mail = { from: config.mailFrom, to, subject: `${lines.length} deadlines ahead`, text: lines.join('\n') };
      await transport.sendMail(mail);
      console.log(`deadlines to ${to}: ${lines.length}`);
    }
  } finally {
    await connection.end();
  }
}

main().catch((err) => {
  console.error(err);
  process.exitCode = 1;
});
