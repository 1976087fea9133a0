import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { simpleParser } from 'mailparser';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDatabase, type Database } from '../harness/database.ts';
import { waitUntil } from '../harness/processes.ts';
import { openServer, type TestServer } from './reports-server.ts';

// Real workers, as many processes as a company may run, on one database, one API and one mail server.
const program = fileURLToPath(new URL('../../src/worker.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'pulse-worker-'));
const config = join(folder, 'pulse.yaml');
let database: Database;
let mail: TestServer;
let api: Server;
let address = '';
let status = 200;
let slow = 0;
/** requests that are being answered now, and the most there ever were */
let now = 0;
let most = 0;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  mail = await openServer();
  api = createServer((_, response) => {
    most = Math.max(most, ++now);
    response.on('close', () => now--);
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(status === 200 ? '[{"id": 1, "at": "2025-03-01"}]' : '');
    }, slow);
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  address = `http://127.0.0.1:${(api.address() as { port: number }).port}`;
});

afterAll(async () => {
  await mail.close();
  api.closeAllConnections();
  api.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  database = await createDatabase();
  mail.reset();
  [status, slow, most] = [200, 0, 0];
  await database.query(
    `insert into app.users (id, name, email, role, locale, is_disabled) values
       ('anna', 'Anna', 'anna@example.com', 'admin', 'ru', false), ('ben', 'Ben', 'Ben@example.com', 'admin', 'en', false),
       ('gone', 'Gone', 'gone@example.com', 'admin', 'en', true), ('head', 'Head', 'head@example.com', 'head', 'en', false)`,
  );
});

afterEach(async () => {
  for (const worker of workers.splice(0)) {
    worker.kill('SIGKILL');
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit');
  }
  await database.drop();
});

function write(schedule: string, pauses: string): void {
  writeFileSync(
    config,
    `reporting: { timezone: Europe/Moscow, currency: RUB }
loading: { retry_minutes: ${pauses} }
sources:
  crm:
    kind: rest
    url: ${address}
    schedule: "${schedule}"
    streams:
      - { from: deals, entity: deals, key: id, records: $, fields: { created_at: at, status: { value: open } } }
`,
  );
}

async function start(): Promise<ChildProcess> {
  const worker = fork(program, [], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      WAREHOUSE_URL: database.url,
      CUBE_URL: 'http://127.0.0.1:9/cubejs-api',
      PULSE_SECRET: 'a secret of a test that is long',
      PULSE_CONFIG: config,
      ORIGIN: 'https://pulse.example',
      SMTP_URL: mail.url,
      LOG_LEVEL: 'silent',
    },
  });
  workers.push(worker);
  await once(worker, 'message');
  return worker;
}

type Run = { status: string; cause: string; attempt: number; started_at: Date; finished_at: Date | null };
const runs = () =>
  database.query<Run>('select status, cause, attempt, started_at, finished_at from ops.runs order by run_id');
const due = (ago: string) =>
  database.query(`update ops.sources set due_at = now() - interval '${ago}', retry_at = null`);

test(
  'two workers share a schedule: each of its moments is one run, and no two runs meet',
  { timeout: 90_000 },
  async () => {
    write('*/10 * * * * *', '[1]');
    slow = 700;
    await Promise.all([start(), start()]);
    const all = await waitUntil(
      runs,
      (found) => found.filter((run) => run.status === 'succeeded').length >= 3,
      60_000,
    );
    const slots = all.map(({ started_at }) => Math.floor(started_at.getTime() / 10_000));
    expect(new Set(slots).size).toBe(slots.length);
    expect(all.every(({ cause }) => cause === 'schedule')).toBe(true);
    for (const [at, run] of all.entries())
      if (at)
        expect(run.started_at.getTime()).toBeGreaterThanOrEqual(
          all[at - 1]?.finished_at?.getTime() ?? Infinity,
        );
    expect(most).toBe(1);
  },
);

test('what was missed while no worker ran is caught up once', { timeout: 60_000 }, async () => {
  write('0 4 * * *', '[1]');
  const first = await start();
  await waitUntil(
    () => database.query('select due_at from ops.sources where due_at is not null'),
    (rows) => rows.length === 1,
  );
  first.kill('SIGKILL');
  await once(first, 'exit');
  await due('3 days');
  await Promise.all([start(), start()]);
  await waitUntil(runs, (found) => found[0]?.status === 'succeeded', 30_000);
  await new Promise((resolve) => setTimeout(resolve, 6000));
  expect(await runs()).toHaveLength(1);
  const [row] = await database.query(`select due_at > now() as is_planned, retry_at from ops.sources`);
  expect(row).toEqual({ is_planned: true, retry_at: null });
});

test(
  'a worker that is killed in the middle of a load leaves it to another',
  { timeout: 60_000 },
  async () => {
    write('0 4 * * *', '[0.05]');
    slow = 60_000;
    const first = await start();
    await due('1 minute');
    await waitUntil(runs, (found) => found[0]?.status === 'running', 20_000);
    const second = await start();
    first.kill('SIGKILL');
    slow = 0;
    await waitUntil(runs, (found) => found.at(-1)?.status === 'succeeded', 30_000);
    expect((await runs()).map(({ status, cause, attempt }) => [status, cause, attempt])).toEqual([
      ['failed', 'schedule', 1],
      ['succeeded', 'retry', 2],
    ]);
    expect(second.exitCode).toBeNull();
  },
);

test(
  'the third failure in a row is one mail to each administrator, the end of it another',
  { timeout: 120_000 },
  async () => {
    write('0 4 * * *', '[0.02]');
    await Promise.all([start(), start()]);
    await due('1 minute');
    await waitUntil(runs, (found) => found[0]?.status === 'succeeded', 20_000);
    status = 404;
    // Trying again heals no 404, so each failure is a moment of the schedule.
    for (let failures = 1; failures <= 4; failures++) {
      await due('0 seconds');
      await waitUntil(
        () => database.query<{ failures: number }>('select failures from ops.sources'),
        ([row]) => row?.failures === failures,
        20_000,
      );
      if (failures === 2) expect(mail.received).toEqual([]);
    }
    await waitUntil(
      () => mail.received.length,
      (count) => count >= 2,
      20_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(mail.received.map(({ to }) => to).sort()).toEqual(['anna@example.com', 'ben@example.com']);
    const [toAnna, toBen] = await Promise.all(
      ['anna', 'ben'].map((name) =>
        simpleParser(mail.received.find(({ to }) => to.startsWith(name))?.source ?? ''),
      ),
    );
    expect(toAnna?.subject).toBe('Pulse: Источник crm не загружается');
    expect(toAnna?.text).toContain('отвечает 404: проверьте адрес и права');
    expect(toAnna?.text).toMatch(/С .+; неудач подряд: 3\./);
    expect(toAnna?.text).toMatch(/остаются его данные на \d/);
    expect(toBen?.subject).toBe('Pulse: Source crm does not load');
    expect(toBen?.text).toContain('answered 404: check address and rights.');
    expect(toBen?.text).toContain('npm run pulse -- etl run crm');
    expect(toBen?.text).toMatch(/https:\/\/pulse\.example\/data\/crm#run-\d+/);
    expect(await database.query('select rule, cause, state from app.incidents')).toEqual([
      { rule: 'source_failing', cause: 'crm', state: 'open' },
    ]);

    status = 200;
    await due('0 seconds');
    await waitUntil(
      () => mail.received.length,
      (count) => count >= 4,
      30_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(mail.received).toHaveLength(4);
    const last = await Promise.all(mail.received.slice(2).map(({ source }) => simpleParser(source)));
    expect(last.map(({ subject }) => subject).sort()).toEqual([
      'Pulse: Source crm loads again',
      'Pulse: Источник crm снова загружается',
    ]);
    expect(await database.query('select state from app.incidents')).toEqual([{ state: 'resolved' }]);
  },
);

test(
  'a source that goes stale is told of as well, and nobody hears of what is over before it was sent',
  { timeout: 60_000 },
  async () => {
    write('0 4 * * *', '[1]');
    const first = await start();
    await due('1 minute');
    await waitUntil(runs, (found) => found[0]?.status === 'succeeded', 20_000);
    first.kill('SIGKILL');
    await once(first, 'exit');
    await database.query(`update ops.sources set fresh_at = now() - interval '3 days'`);
    mail.refuse('ben@example.com', 451, 'later');
    await start();
    await waitUntil(
      () => mail.received.length,
      (count) => count >= 1,
      20_000,
    );
    const { subject, text } = await simpleParser(mail.received[0]?.source ?? '');
    expect(subject).toBe('Pulse: Данные источника crm устарели');
    expect(text).toContain('Проверьте, работает ли Pulse');
    await due('0 seconds');
    await waitUntil(
      () => mail.received.length,
      (count) => count >= 2,
      20_000,
    );
    const deliveries = await database.query(
      'select recipient, event, status from app.deliveries order by 1, 2',
    );
    expect(deliveries).toEqual([
      { recipient: 'anna@example.com', event: 'opened', status: 'sent' },
      { recipient: 'anna@example.com', event: 'resolved', status: 'sent' },
      { recipient: 'ben@example.com', event: 'opened', status: 'discarded' },
    ]);
  },
);
