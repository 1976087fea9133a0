import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { messageId } from '../../src/lib/server/reports/mail.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { waitUntil } from '../harness/processes.ts';
import { openServer, type TestServer } from './reports-server.ts';

const root = resolve(import.meta.dirname, '../..');
const built = join(root, '.pulse/tests/reports-worker');
const recipients = 500;
const kills = 20;
/** of one worker: what it can have handed over without having written that down */
const hands = 5;

let database: Database;
let server: TestServer;

beforeAll(async () => {
  const entry = join(import.meta.dirname, 'reports-worker.ts');
  // Twenty-odd processes: one file starts in a quarter of the time that a thousand modules take.
  const [made] = await Promise.all([
    createDatabase(),
    build({
      ...{ configFile: false, root, logLevel: 'error' },
      build: { ssr: entry, outDir: built, emptyOutDir: true, minify: false },
      ssr: {
        noExternal: true,
        external: ['@resvg/resvg-js', 'playwright-core', 'knex', 'pg', 'pino', 'nodemailer'],
      },
    }),
  ]);
  database = made;
  server = await openServer();
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'b@example.com', 'executive')`,
  );
});

afterAll(async () => {
  await server.close();
  await database.drop();
});

test(`${kills} kills of two workers during a run of ${recipients}: each gets the report exactly once`, async () => {
  const alive: ChildProcess[] = [];
  const spares: Promise<ChildProcess>[] = [];
  const prepare = () => spares.push(startWorker());
  const enlist = async () => {
    const worker = await spares.shift();
    if (!worker) throw new Error('There is no spare worker');
    worker.send('work');
    alive.push(worker);
  };
  try {
    for (let at = 0; at < 4; at++) prepare();
    // A text is taken at once and answered a moment later: most kills come in between. Nothing is answered while a
    // new worker starts, so that there are always two however slow the machine is.
    let ready: Promise<void> = Promise.resolve();
    server.beforeAnswer(async () => {
      await sleep(20 + Math.random() * 60);
      await ready;
    });
    await schedule();
    await Promise.all([enlist(), enlist()]);
    const share = recipients / (kills + 1);
    for (let at = 0; at < kills; at++) {
      const moment = Math.floor(share * (at + Math.random()));
      await waitUntil(
        () => namesOf(server).size,
        (sent) => sent >= moment,
        60_000,
      );
      const [victim] = alive.splice(Math.floor(Math.random() * alive.length), 1);
      victim?.kill('SIGKILL');
      prepare();
      ready = enlist();
      await ready;
    }
    expect(await countOpen()).toBeGreaterThan(0);
    await waitUntil(countOpen, (open) => open === 0, 60_000);
  } finally {
    for (const worker of [...alive, ...(await Promise.all(spares))]) worker.kill('SIGKILL');
  }
  await expectOnce();
}, 180_000);

async function startWorker(): Promise<ChildProcess> {
  const env = {
    ...process.env,
    LOG_LEVEL: 'silent',
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1/cubejs-api',
    PULSE_SECRET: 'a secret of a test that is long',
    ORIGIN: 'https://pulse.example',
  };
  const worker = fork(join(built, 'reports-worker.js'), [server.url], {
    env,
    execArgv: [],
    stdio: 'inherit',
  });
  await once(worker, 'message');
  return worker;
}

const addresses = Array.from({ length: recipients }, (_, at) => `r${at}@example.org`);

async function schedule(): Promise<void> {
  await database.query(
    `insert into app.schedules (title, page, owner_id, cron, timezone, recipients, next_run_at)
     values ('Утренний отчёт', 'home', 'boss', '0 9 1 1 *', 'UTC', $1, now() - interval '1 minute')`,
    [JSON.stringify(addresses.map((email) => ({ email, locale: 'ru' })))],
  );
}

const countOpen = async () => {
  const [row] = await database.query<{ made: number; open: number }>(
    `select count(*)::int as made, count(*) filter (where status <> 'sent')::int as open from app.deliveries`,
  );
  return row?.made === recipients ? row.open : recipients;
};

const nameOf = (source: string) => /^Message-ID: (.*)$/im.exec(source)?.[1] ?? '';
const namesOf = ({ received }: TestServer) => new Set(received.map(({ source }) => nameOf(source)));

async function expectOnce(): Promise<void> {
  const [{ id, run_at } = { id: '', run_at: new Date() }] = await database.query<{
    id: string;
    run_at: Date;
  }>(
    `select s.id, min(d.run_at) as run_at from app.schedules s join app.deliveries d on d.schedule_id = s.id group by s.id`,
  );
  // The names can be told beforehand: one for each recipient, and no other.
  const names = addresses.map((one) =>
    messageId(`${id}|${run_at.toISOString()}|${one}`, 'pulse@example.com'),
  );
  expect([...namesOf(server)].sort()).toEqual([...names].sort());
  const contents = new Map<string, Set<string>>();
  for (const { to, source } of server.received) {
    const { subject, text, to: named } = await simpleParser(source);
    const content = JSON.stringify([to, named, subject, text]);
    contents.set(nameOf(source), (contents.get(nameOf(source)) ?? new Set()).add(content));
  }
  expect([...contents.values()].filter(({ size }) => size !== 1)).toEqual([]);
  expect(new Set([...contents.values()].flatMap((one) => [...one])).size).toBe(recipients);
  // What a dead worker had handed over without writing it down comes again, under the same name.
  const copies = server.received.length - recipients;
  console.info(`${copies} letters came a second time under the same Message-ID`);
  expect(copies).toBeLessThanOrEqual(kills * hands * 2);
}
