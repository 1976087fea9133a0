import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import { compileMessages } from '../../messages/compile.js';
import { writeDeals } from './deals.ts';
import { median, repeat } from './measure.ts';
import type { Bench, Table } from './subject.ts';
import type { Row } from './table.ts';
import { signIn } from './visitor.ts';

const root = resolve(import.meta.dirname, '../..');
const secret = 'a secret of the bench of reports';
const deals = 60_000;
const managers = 50;
/** Of whole months that have data, so that every run asks for the same. */
const state = 'from=2025-01-01&to=2025-06-30';

/** Reports of eight charts by one worker to a mail server on this machine, and pages printed as PDF. */
export async function measure(bench: Bench): Promise<Table[]> {
  const mails = await bench.cluster((cluster) => send(cluster, bench.log));
  return [
    {
      title: 'Mails',
      about: `A report of eight charts with their comparison (16 questions), one worker, a company of ${deals.toLocaleString('en')} deals. Goals on 2 cores: 40 a second where rights are shared, 5 where none are, memory flat. CPU tells more than time where others use the machine too.`,
      rows: mails,
    },
    {
      title: 'PDF',
      about:
        'Seconds from the request of a page to its PDF; the browser is warm but for the very first. The goal is 2.',
      rows: await print(bench),
    },
  ];
}

async function print(bench: Bench): Promise<Row[]> {
  const visitor = await signIn(await bench.company());
  try {
    const rows: Row[] = [];
    for (const page of ['home', 'sales']) {
      bench.log(`printing ${page}`);
      const all = await repeat(4, async () => {
        const { status } = await visitor.get(`/export/pdf/page/${page}`);
        if (status !== 200) throw new Error(`${page} was not printed: ${status}`);
      });
      const [first = NaN, ...warm] = all.map((time) => time / 1000);
      rows.push({ page, first: first.toFixed(1), 'warm, median': median(warm).toFixed(1) });
    }
    return rows;
  } finally {
    await visitor.close();
  }
}

type Cluster = { adminUrl: string; migrate(url: string): Promise<void> };

async function send({ adminUrl, migrate }: Cluster, log: (line: string) => void): Promise<Row[]> {
  const name = 'bench_reports';
  const folder = mkdtempSync(join(tmpdir(), 'pulse-bench-'));
  const url = Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const children: ChildProcess[] = [];
  const start = async <Message>(file: string, env: NodeJS.ProcessEnv = {}, execArgv: string[] = []) => {
    const child = fork(join(root, file), [], { cwd: root, env: { ...process.env, ...env }, execArgv });
    children.push(child);
    const [message] = (await once(child, 'message')) as [Message];
    return { child, message };
  };
  const db = new pg.Pool({ connectionString: url, max: 2 });
  db.on('error', () => undefined);
  try {
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.query(`create database ${name}`);
    await migrate(url);
    compileMessages();
    log(`loading ${deals} deals`);
    await load(folder, url);
    await invite(db);
    const cube = await start<{ port: number }>('cube/serve.js', { WAREHOUSE_URL: url, PULSE_SECRET: secret });
    const sink = await start<{ port: number }>('tests/bench/reports/sink.js');
    const worker = await start(
      'tests/bench/reports/worker.ts',
      {
        WAREHOUSE_URL: url,
        CUBE_URL: `http://127.0.0.1:${cube.message.port}/cubejs-api`,
        PULSE_SECRET: secret,
        ORIGIN: 'https://pulse.example',
        SMTP_URL: `smtp://127.0.0.1:${sink.message.port}`,
        SMTP_FROM: 'Pulse <pulse@example.com>',
        LOG_LEVEL: 'warn',
      },
      ['--import', 'tsx'],
    );
    const deliver = async (what: string, people: string[]): Promise<Row> => {
      const before = cpuOf(cube.child);
      log(what);
      await schedule(db, people);
      worker.child.send('go');
      const [done] = (await once(worker.child, 'message')) as [Run];
      await expectAll(db, people.length);
      return toRow(what, people.length, done, cpuOf(cube.child) - before);
    };
    // The first ones warm Cube and the worker up, as they are at any other time than right after a start.
    await deliver('warming up', numbered('same', 20));
    return [
      await deliver('1,000 recipients with 50 sets of rights', numbered('same', 1000)),
      await deliver('200 recipients, all with other rights', numbered('other', 200)),
    ];
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
    await db.end();
    await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

type Run = { seconds: number; cpu: number; samples: { rss: number; used: number }[] };

/** Milliseconds of CPU so far; NaN where there is no /proc. */
function cpuOf({ pid }: ChildProcess): number {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    const [user, system] = rest.split(' ').slice(11, 13).map(Number);
    return ((user ?? NaN) + (system ?? NaN)) * 10;
  } catch {
    return NaN;
  }
}

/**
 * What is kept is the least that was in use at any moment of a quarter, each time after rubbish was collected: flat when the
 * last quarter keeps no more than the second, the first fills what is to be kept. What the process holds besides
 * is rubbish, and room for more of it.
 */
function toRow(what: string, count: number, { seconds, cpu, samples }: Run, cube: number): Row {
  const kept = (from: number, to: number) =>
    Math.min(
      ...samples
        .slice(Math.floor(samples.length * from), Math.ceil(samples.length * to))
        .map(({ used }) => used),
    );
  const most = Math.max(...samples.map(({ rss }) => rss));
  return {
    what,
    seconds: seconds.toFixed(1),
    'a second': (count / seconds).toFixed(1),
    'CPU ms a mail: worker, Cube': `${(cpu / count).toFixed(0)}, ${(cube / count).toFixed(0)}`,
    'memory kept, second and last quarter': `${kept(0.25, 0.5).toFixed(0)} and ${kept(0.75, 1).toFixed(0)} MB`,
    'most held': `${most.toFixed(0)} MB`,
  };
}

const numbered = (kind: string, count: number) => Array.from({ length: count }, (_, at) => `${kind}${at}`);

async function load(folder: string, url: string): Promise<void> {
  await writeDeals(join(folder, 'deals.csv'), deals);
  const fields = `{ created_at: created_at, closed_at: closed_at, status: status, owner_id: owner, customer_id: customer,
          product_id: product, stage_id: stage, amount: amount, cost: cost, currency: currency, title: title }`;
  const path = join(folder, 'pulse.yaml');
  writeFileSync(
    path,
    `company: Bench\nreporting: { timezone: Europe/Moscow, currency: RUB }\nsources:\n  crm:\n    kind: files
    path: deals.csv\n    streams:\n      - { entity: deals, key: id, fields: ${fields} }\n`,
  );
  const runs = await runSources({ warehouseUrl: url, config: readConfig(path) });
  for (const { status, error } of runs) if (status !== 'succeeded') throw new Error(error ?? status);
}

/** 1,000 managers who are one of 50 employees, and 200 who are each another two of them. */
async function invite(db: pg.Pool): Promise<void> {
  await db.query(`
    insert into app.users (id, name, email, role, locale)
    select kind || at, kind || ' ' || at, kind || at || '@example.com', 'manager', 'ru'
      from (values ('same', 999), ('other', 199)) k(kind, last), generate_series(0, last) at`);
  await db.query(
    `insert into app.user_employees (user_id, source, source_id)
     select 'same' || at, 'crm', 'Manager ' || at % $1 from generate_series(0, 999) at
     union all
     select 'other' || at, 'crm', 'Manager ' || mate
       from generate_series(0, 199) at, lateral (values (at % $1), ((at + 1 + at / $1) % $1)) m(mate)`,
    [managers],
  );
}

async function schedule(db: pg.Pool, people: string[]): Promise<void> {
  const recipients = people.map((user_id) => ({ email: `${user_id}@example.com`, locale: null, user_id }));
  await db.query('delete from app.schedules');
  await db.query(
    `insert into app.schedules (title, page, state, owner_id, cron, timezone, recipients, next_run_at)
     values ('Bench', 'sales', $1, 'same0', '0 9 1 1 *', 'UTC', $2, now() - interval '1 minute')`,
    [state, JSON.stringify(recipients)],
  );
}

async function expectAll(db: pg.Pool, count: number): Promise<void> {
  const { rows } = await db.query<{ status: string; error: string | null; count: number }>(
    'select status, max(error) as error, count(*)::int from app.deliveries group by status',
  );
  const [row] = rows;
  if (rows.length !== 1 || row?.status !== 'sent' || row.count !== count)
    throw new Error(`not all reports were sent: ${JSON.stringify(rows)}`);
}
