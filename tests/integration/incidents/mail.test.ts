import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { forget, remind, tellOf } from '../../../src/lib/server/incidents/tell.ts';
import { complete } from '../../../src/lib/server/incidents/limits.ts';
import { log } from '../../../src/lib/server/log.ts';
import { open } from '../../../src/lib/server/reports/mail.ts';
import { createRunner } from '../../../src/lib/server/reports/run.ts';
import { close, warehouse } from '../../../src/lib/server/warehouse.ts';
import { createPosts } from '../../../src/worker/posts.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { openServer, type TestServer } from '../reports-server.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

// In Berlin the clock went from 3 back to 2 on 25 October 2026, and goes from 2 to 3 on 28 March 2027.
const timezone = 'Europe/Berlin';
let database: Database;
let mail: TestServer;
let channel: Server;
let hook = '';
let posted: { body: string; headers: IncomingHttpHeaders }[] = [];
let status = 200;

const chosen = (more: object = {}) =>
  complete({ mail: { min_stake: 1, digest_at: '09:00', remind_days: 7 }, ...more });

beforeAll(async () => {
  database = await createDatabase();
  mail = await openServer();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1/cubejs-api',
    PULSE_SECRET: 'a secret of a test that is long',
    ORIGIN: 'https://pulse.example',
  });
  await database.query(
    `insert into core.settings (key, value) values ('reporting.timezone', '"${timezone}"'), ('reporting.language', '"ru"'), ('incidents', '{}')`,
  );
  await database.query(
    `insert into app.users (id, name, email, role, locale) values ('boss', 'Boss', 'boss@example.com', 'executive', 'en'),
       ('ads', 'Ads', 'ads@example.com', 'marketing', 'ru')`,
  );
  channel = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      posted.push({ body, headers: request.headers });
      response.writeHead(status).end('ok');
    });
  }).listen(0, '127.0.0.1');
  await once(channel, 'listening');
  hook = `http://127.0.0.1:${(channel.address() as AddressInfo).port}/hooks/very-secret`;
});

afterAll(async () => {
  await close();
  await mail.close();
  channel.closeAllConnections();
  channel.close();
  await database.drop();
});

beforeEach(async () => {
  mail.reset();
  [posted, status] = [[], 200];
  await database.query('delete from app.deliveries');
  await database.query('delete from app.incidents');
});

/** An incident as a look leaves it. */
async function begin(openedAt: string, { area = 'company', name = 'A' } = {}): Promise<string> {
  const id = randomUUID();
  const details = {
    ...{
      rule: 'campaign_loss',
      topic: 'campaign',
      area,
      severity: 2,
      stake: 5000,
      limits: { days: 90, loss: 0.5 },
    },
    subject: { kind: 'campaign', name, within: null },
    figures: { spend: 6000, profit: 1000, romi: -0.83, leads: 10, won: 1 },
    range: { from: '2026-08-01', to: '2026-10-29' },
    ...{ reasons: [], href: '/drill/marketing.romi', signs: [], owner: null, is_older: false },
  };
  await database.query(
    `insert into app.incidents (id, rule, cause, area, money_at_stake, opened_at, details) values ($1::uuid, 'campaign_loss', $1::uuid::text, $2, 5000, $3, $4)`,
    [id, area, openedAt, JSON.stringify(details)],
  );
  return id;
}

const tellAt = (id: string, event: 'opened' | 'reminder', now: Date, more: object = {}) =>
  warehouse().transaction((trx) => tellOf(trx, id, event, { chosen: chosen(more), timezone }, now));
const queued = () =>
  database.query<{ event: string; round: number; recipient: string; due: string; status: string }>(
    `select event, round, recipient, status, to_char(next_attempt_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as due
       from app.deliveries order by run_at, round, recipient`,
  );
/** Sends all that is queued, whenever it is due. */
async function send() {
  await database.query(`update app.deliveries set next_attempt_at = now() where status = 'queued'`);
  const runner = createRunner({
    worker: 'test',
    openMailer: () => open({ url: mail.url, from: mail.from }),
  });
  await runner.tick();
  await runner.stop();
  return Promise.all(mail.received.map(async ({ to, source }) => ({ ...(await simpleParser(source)), to })));
}
const at = (text: string) => new Date(text);

describe('reminders', () => {
  test('come once in so many days until somebody takes it on, over a change of the clock', async () => {
    const id = await begin('2026-10-22T08:00Z');
    await tellAt(id, 'opened', at('2026-10-22T08:00Z'));
    await remind(at('2026-10-29T07:59Z'));
    const events = async () => (await queued()).filter(({ event }) => event !== 'digest');
    expect(await events()).toHaveLength(2);
    await remind(at('2026-10-29T08:01Z'));
    await remind(at('2026-10-29T08:02Z'));
    expect((await events()).filter(({ event }) => event === 'reminder')).toMatchObject([
      { round: 1, recipient: 'ads@example.com' },
      { round: 1, recipient: 'boss@example.com' },
    ]);
    await remind(at('2026-11-05T08:02Z'));
    expect((await events()).map(({ round }) => round)).toEqual([0, 0, 1, 1, 2, 2]);
    const subjects = (await send()).map(({ to, subject }) => `${to} ${subject}`);
    expect(subjects.filter((one) => one.includes('Reminder: '))).toHaveLength(2);
    expect(subjects.filter((one) => one.includes('Напоминание: '))).toHaveLength(2);
    await database.query(`update app.incidents set state = 'acknowledged'`);
    await remind(at('2026-12-05T08:02Z'));
    expect(await events()).toHaveLength(6);
  });

  test('that were queued before it was taken on are not sent', async () => {
    const id = await begin('2026-10-22T08:00Z');
    await tellAt(id, 'reminder', at('2026-10-29T08:00Z'));
    await database.query(`update app.incidents set state = 'acknowledged'`);
    expect(await send()).toEqual([]);
    expect((await queued()).map((one) => one.status)).toEqual(['discarded', 'discarded']);
  });
});

describe('the digest', () => {
  const digests = async () => (await queued()).filter(({ event }) => event === 'digest');

  test('tells each person once of what was not told at once, on the clock of the company', async () => {
    await begin('2026-10-24T10:00Z', { name: 'Small' });
    const big = await begin('2026-10-24T11:00Z', { name: 'Big' });
    await tellAt(big, 'opened', at('2026-10-24T11:00Z'));
    // 9 o'clock is 7 UTC in summer and 8 UTC from this day on
    await remind(at('2026-10-25T07:30Z'));
    expect(await digests()).toEqual([]);
    await remind(at('2026-10-25T08:00Z'));
    await remind(at('2026-10-25T08:05Z'));
    await remind(at('2026-10-25T15:00Z'));
    expect(await digests()).toHaveLength(2);
    await remind(at('2026-10-26T08:00Z'));
    expect(await digests()).toHaveLength(2);
    const letters = (await send()).filter(({ subject }) => /Noticed|заметили/.test(subject ?? ''));
    expect(letters.map(({ to }) => to).sort()).toEqual(['ads@example.com', 'boss@example.com']);
    for (const { text } of letters) {
      expect(text).toContain('Small');
      expect(text).not.toContain('Big');
    }
  });

  test('leaves out no hour of a day of 25', async () => {
    // between 9 o'clock of summer and the same hour a day, but 25 hours, later
    await begin('2026-10-24T07:30Z');
    await remind(at('2026-10-24T07:00Z'));
    await remind(at('2026-10-25T08:00Z'));
    expect(await digests()).toHaveLength(2);
  });

  test('makes up for days on which no worker ran, and not at night', async () => {
    await begin('2026-11-02T10:00Z');
    await remind(at('2026-11-04T22:00Z'));
    expect(await digests()).toEqual([]);
    await remind(at('2026-11-05T08:00Z'));
    expect(await digests()).toHaveLength(2);
    await remind(at('2026-11-06T08:00Z'));
    expect(await digests()).toHaveLength(2);
  });

  test('names nothing that its reader may not see', async () => {
    await begin('2026-10-24T10:00Z', { area: 'sales', name: 'Secret' });
    await remind(at('2026-10-25T08:00Z'));
    expect((await digests()).map(({ recipient }) => recipient)).toEqual(['boss@example.com']);
  });
});

describe('quiet hours', () => {
  test.each([
    ['in the evening before the clock goes back', '2026-10-24T20:30Z', '2026-10-25 06:00'],
    ['in the night in which it does', '2026-10-25T01:30Z', '2026-10-25 06:00'],
    ['before the clock goes on', '2027-03-27T22:30Z', '2027-03-28 05:00'],
    ['on an evening of winter', '2026-12-01T21:30Z', '2026-12-02 06:00'],
    ['at noon nothing waits', '2026-12-01T11:00Z', '2026-12-01 11:00'],
    ['nor when they are just over', '2026-12-01T06:00Z', '2026-12-01 06:00'],
  ])('%s', async (_, now, due) => {
    await tellAt(await begin(now), 'opened', at(now), { quiet: { from: '22:00', to: '07:00' } });
    expect((await queued()).map((one) => one.due)).toEqual([due, due]);
  });

  test('of a day', async () => {
    const quiet = { from: '12:00', to: '14:00' };
    await tellAt(await begin('2026-12-01T11:30Z'), 'opened', at('2026-12-01T11:30Z'), { quiet });
    expect((await queued())[0]?.due).toBe('2026-12-01 13:00');
  });
});

describe('the channel', () => {
  const posts = (url = hook, headers?: Record<string, string>) =>
    createPosts({ url, ...(headers && { headers }) }, log);
  const rows = () =>
    database.query<{ event: string; status: string; attempts: number; error: string | null; wait: number }>(
      `select event, status, attempts, error, round(extract(epoch from next_attempt_at - now()) / 60)::int as wait
         from app.incident_posts order by event`,
    );
  const due = () =>
    database.query(
      `update app.incident_posts set next_attempt_at = now() - interval '1 second' where status = 'queued'`,
    );
  const over = (id: string) =>
    warehouse().transaction(async (trx) => {
      await trx('app.incidents').where({ id }).update({ state: 'resolved', resolved_at: new Date() });
      await forget(trx, id, new Date());
    });
  const tick = async (one = posts()) => {
    await due();
    await one.tick();
    await one.stop();
  };

  test('is told once, in the language of the company, and of the end', async () => {
    const id = await begin('2026-10-24T10:00Z', { name: '<!channel> @here [x](http://evil.example) <b>' });
    await tellAt(id, 'opened', new Date(), { webhook: true });
    await tellAt(id, 'opened', new Date(), { webhook: true });
    await due();
    const [one, two] = [posts(hook, { 'x-token': 'abc' }), posts()];
    await Promise.all([one.tick(), two.tick()]);
    await Promise.all([one.stop(), two.stop()]);
    await tick();
    expect(posted).toHaveLength(1);
    const { text } = JSON.parse(posted[0]?.body ?? '{}') as { text: string };
    expect(posted[0]?.headers['content-type']).toBe('application/json');
    expect(text).toContain('стоит больше, чем приносит');
    expect(text).toContain('https://pulse.example/drill/marketing.romi');
    expect(text).not.toMatch(/<|@here|\]\(/);
    await over(id);
    await tick();
    await tick();
    expect(posted).toHaveLength(2);
    expect(posted[1]?.body).toContain('Прошло: ');
    expect((await rows()).map((row) => `${row.event} ${row.status}`)).toEqual([
      'opened sent',
      'resolved sent',
    ]);
  });

  test('that does not answer is tried again later, then given up; nothing of its address is said', async () => {
    const id = await begin('2026-10-24T10:00Z');
    await tellAt(id, 'opened', new Date(), { webhook: true });
    status = 503;
    const waits: number[] = [];
    for (let tries = 0; tries < 5; tries++) {
      await tick();
      waits.push((await rows())[0]?.wait ?? NaN);
    }
    expect(waits).toEqual([1, 5, 15, 60, 180]);
    await tick();
    const [row] = await rows();
    expect(row).toMatchObject({ status: 'failed', attempts: 6 });
    expect(row?.error).toContain('503');
    expect(row?.error).not.toContain('very-secret');
    expect(posted).toHaveLength(6);
  });

  test('that refuses is not asked again; what is over before it was told is not told', async () => {
    const id = await begin('2026-10-24T10:00Z');
    await tellAt(id, 'opened', new Date(), { webhook: true });
    status = 404;
    await tick();
    expect(await rows()).toMatchObject([{ status: 'failed', attempts: 1 }]);
    const other = await begin('2026-10-24T10:00Z');
    await tellAt(other, 'opened', new Date(), { webhook: true });
    await over(other);
    await tick();
    expect(posted).toHaveLength(1);
    expect((await rows()).map((row) => `${row.event} ${row.status}`)).toEqual([
      'opened failed',
      'opened discarded',
    ]);
  });

  test.each(['http://169.254.169.254/latest', 'http://metadata.google.internal/x', 'http://[fe80::1]/x'])(
    'may not lie where clouds keep their credentials: %s',
    async (url) => {
      await tellAt(await begin('2026-10-24T10:00Z'), 'opened', new Date(), { webhook: true });
      await tick(posts(url));
      const [row] = await rows();
      expect(row).toMatchObject({ status: 'failed', attempts: 1 });
      expect(row?.error).toContain('link-local');
    },
  );

  test('that nobody has set is told nothing, and a killed worker loses nothing', async () => {
    const id = await begin('2026-10-24T10:00Z');
    await tellAt(id, 'opened', new Date());
    expect(await rows()).toEqual([]);
    await tellAt(id, 'opened', new Date(), { webhook: true });
    // as a worker leaves it that was killed while it sent
    await database.query(
      `update app.incident_posts set attempts = 1, next_attempt_at = now() - interval '1 second'`,
    );
    const one = posts();
    await one.tick();
    await one.stop();
    expect(posted).toHaveLength(1);
  });
});
