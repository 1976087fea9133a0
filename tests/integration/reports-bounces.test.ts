import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { readNotice, take } from '../../src/lib/server/reports/bounces.ts';
import { history, sendAgain } from '../../src/lib/server/reports/deliveries.ts';
import type { publish } from '../../src/lib/server/reports/edition.ts';
import { open } from '../../src/lib/server/reports/mail.ts';
import { createRunner } from '../../src/lib/server/reports/run.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { openServer, type TestServer } from './reports-server.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

let database: Database;
let server: TestServer;
let id = '';

const makeReport: typeof publish = async () => ({
  ...{ subject: 'A report', html: '<html lang="en"></html>', text: 'A report\n' },
  ...{ attachments: [], isIncomplete: false },
});

beforeAll(async () => {
  database = await createDatabase();
  server = await openServer();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1/cubejs-api',
    PULSE_SECRET: 'a secret of a test that is long',
    ORIGIN: 'https://pulse.example',
  });
  await database.query(
    `insert into app.users (id, name, email, role, locale) values ('boss', 'Boss', 'boss@example.com', 'executive', 'en')`,
  );
});

afterAll(async () => {
  await close();
  await server.close();
  await database.drop();
});

beforeEach(async () => {
  server.reset();
  await database.query('delete from app.schedules');
  await database.query('delete from app.deliveries');
  const [row] = await database.query<{ id: string }>(
    `insert into app.schedules (title, page, owner_id, cron, timezone, recipients)
     values ('Morning', 'home', 'boss', '* * * * *', 'UTC', $1) returning id`,
    [JSON.stringify(['gone@example.org', 'fine@example.org'].map((email) => ({ email, locale: 'en' })))],
  );
  id = row?.id ?? '';
});

/** One run of the schedule; what became of it by address. */
async function run() {
  await database.query(
    `update app.schedules set next_run_at = clock_timestamp() - interval '1 second' where id = $1`,
    [id],
  );
  const runner = createRunner({
    worker: 'one',
    makeReport,
    openMailer: () => open({ url: server.url, from: server.from, bounces: 'bounces@example.com' }),
  });
  await runner.tick();
  await runner.stop();
  return read();
}

async function read() {
  const [last] = await history(id);
  return Object.fromEntries(
    (last?.deliveries ?? []).map(({ recipient, status, error }) => [
      recipient.split('@')[0],
      `${status}${error ? `: ${error}` : ''}`,
    ]),
  );
}

/** As Postfix sends it: three parts, of which the last returns the headers of ours. */
function notify(source: string, { action = 'failed', status = '5.1.1', code = '550' } = {}): string {
  const head = source.split('\r\n\r\n')[0] ?? '';
  return [
    'Return-Path: <>',
    'From: MAILER-DAEMON@mx.example.org (Mail Delivery System)',
    'To: bounces@example.com',
    'Subject: Undelivered Mail Returned to Sender',
    'Message-Id: <20261122081500.ABCDEF@mx.example.org>',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    '',
    '--b',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    "I'm sorry to have to inform you that your message could not be delivered.",
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.org',
    '',
    'Final-Recipient: rfc822; gone@example.org',
    `Action: ${action}`,
    `Status: ${status}`,
    `Diagnostic-Code: smtp; ${code} ${status} <gone@example.org>: Recipient address`,
    '    rejected: User unknown',
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    head,
    '',
    '--b--',
  ].join('\r\n');
}

const sent = (to: string) => server.received.filter((one) => one.to === to).at(-1)?.source ?? '';

test('a letter that comes back later counts as failed, once, and others stay sent', async () => {
  expect(await run()).toEqual({ gone: 'sent', fine: 'sent' });
  const notice = notify(sent('gone@example.org'));
  expect(readNotice(notice)?.message_id).toMatch(/^<[0-9a-f]{32}@example\.com>$/);
  expect(await take(notice)).toBe(true);
  expect(await take(notice)).toBe(false);
  expect(await read()).toEqual({
    gone: 'failed: The letter came back: 550 5.1.1 <gone@example.org>: Recipient address rejected: User unknown',
    fine: 'sent',
  });
  expect(await database.query('select recipient from app.bounces')).toEqual([
    { recipient: 'gone@example.org' },
  ]);
});

test('the owner is told of it in the digest', async () => {
  await run();
  await take(notify(sent('gone@example.org')));
  server.reset();
  await database.query(`update app.schedules set is_paused = true`);
  const runner = createRunner({
    worker: 'one',
    makeReport,
    openMailer: () => open({ url: server.url, from: server.from }),
  });
  await runner.tick();
  await runner.stop();
  expect(server.received.map(({ to }) => to)).toEqual(['boss@example.com']);
  expect(server.received[0]?.source).toContain('gone@example.org');
});

test.each([
  ['a delay', (source: string) => notify(source, { action: 'delayed', status: '4.4.1', code: '450' })],
  [
    'a letter that is none of ours',
    () => notify('Message-ID: <0123456789abcdef0123456789abcdef@example.com>'),
  ],
  ['a holiday answer', (source: string) => `Subject: Re: A report\r\n\r\nI am away.\r\n${source}`],
  ['nothing', () => ''],
])('%s changes nothing', async (_, noticeOf) => {
  await run();
  expect(await take(noticeOf(sent('gone@example.org')))).toBe(false);
  expect(await read()).toEqual({ gone: 'sent', fine: 'sent' });
});

test('an address that keeps coming back is paused, whichever way it is learnt, till somebody sends again', async () => {
  await run();
  await take(notify(sent('gone@example.org')));
  await run();
  await take(notify(sent('gone@example.org'), { status: '5.2.1' }));
  server.refuse('gone@example.org', 550, '5.1.1 no such user');
  expect((await run()).gone).toContain('failed: The mail server refuses it');
  server.reset();
  expect(await run()).toEqual({
    gone: expect.stringContaining('discarded: The address is paused'),
    fine: 'sent',
  });
  expect(server.received.map(({ to }) => to)).not.toContain('gone@example.org');

  const [last] = await history(id);
  expect(await sendAgain(id, last?.run_at ?? new Date())).toBe(1);
  const runner = createRunner({
    worker: 'two',
    makeReport,
    openMailer: () => open({ url: server.url, from: server.from }),
  });
  await runner.tick();
  await runner.stop();
  expect(await read()).toEqual({ gone: 'sent', fine: 'sent' });
});

test('what a server does not like about a letter is not held against the address', async () => {
  for (let at = 0; at < 3; at++) {
    server.refuse('gone@example.org', 550, '5.7.1 looks like spam');
    await run();
    await database.query(`update app.schedules set told_at = now()`);
  }
  server.reset();
  expect(await run()).toEqual({ gone: 'sent', fine: 'sent' });
  await take(notify(sent('gone@example.org'), { status: '5.7.1' }));
  expect((await read()).gone).toContain('The letter came back');
  expect(await database.query('select 1 from app.bounces')).toEqual([]);
});
