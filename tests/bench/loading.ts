import { createReadStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { readConfig } from '../../etl/config.ts';
import { runSources, type RunSummary } from '../../etl/run.ts';
import { writeDeals } from './deals.ts';
import type { Subject } from './subject.ts';
import type { Row } from './table.ts';

type Wish = {
  adminUrl: string;
  migrate(url: string): Promise<void>;
  deals: number;
  log(line: string): void;
};

export const measure: Subject = async ({ deals, log, cluster }) => [
  {
    title: `Loading ${deals.toLocaleString('en')} deals`,
    about: 'The same CSV by COPY into one table with the same keys is the limit.',
    rows: await cluster((given) => benchLoading({ ...given, deals, log })),
  },
];

/**
 * Loading against the limit: the same CSV by COPY into one table with the same keys. Then the same file again; and into
 * another warehouse, from a database that is read by its cursor, all rows and then 1 % of them changed. Ratios are of seconds
 * measured in this one run.
 */
async function benchLoading({ adminUrl, migrate, deals, log }: Wish): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-bench-'));
  const file = join(folder, 'deals.csv');
  const names = { warehouse: 'bench_warehouse', other: 'bench_other', crm: 'bench_crm' };
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  const url = (name: string): string => Object.assign(new URL(adminUrl), { pathname: `/${name}` }).href;
  try {
    for (const name of Object.values(names)) {
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.query(`create database ${name}`);
    }
    await migrate(url(names.warehouse));
    await migrate(url(names.other));
    log(`writing ${deals} deals`);
    await writeDeals(file, deals);
    const megabytes = statSync(file).size / 1e6;

    const copied = await copy(url(names.crm), file);
    const load = (config: string, into: string) => time(() => run(folder, config, url(into)));
    const first = await load(csvSource, names.warehouse);
    const again = await load(csvSource, names.warehouse);
    const fromSql = await load(sqlSource(url(names.crm)), names.other);
    await change(url(names.crm));
    const changed = await load(sqlSource(url(names.crm)), names.other);
    const row = (what: string, { seconds }: { seconds: number }, ratio: string): Row => ({
      what,
      seconds: seconds.toFixed(1),
      'rows a second': Math.round(deals / seconds).toLocaleString('en'),
      ratio,
    });
    const memory = process.resourceUsage().maxRSS / 1024;
    return [
      row(`COPY of ${megabytes.toFixed(0)} MB of CSV into one table with the same keys`, copied, '1'),
      row(
        'first load, with history and quarantine',
        first,
        `${(first.seconds / copied.seconds).toFixed(2)} × COPY`,
      ),
      row('the same file again', again, `${(again.seconds / first.seconds).toFixed(2)} × first`),
      row('first load from a database', fromSql, `${(fromSql.seconds / copied.seconds).toFixed(2)} × COPY`),
      {
        ...row(
          '1 % changed, by cursor',
          changed,
          `${(changed.seconds / fromSql.seconds).toFixed(3)} × first from the database, ${(changed.seconds / first.seconds).toFixed(3)} × first from CSV`,
        ),
        'rows a second': '',
      },
      {
        what: 'most memory of the loading process',
        seconds: '',
        'rows a second': '',
        ratio: `${memory.toFixed(0)} MB`,
      },
    ];
  } finally {
    for (const name of Object.values(names))
      await admin.query(`drop database if exists ${name} with (force)`);
    await admin.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const fields = `{ created_at: created_at, closed_at: closed_at, status: status, owner_id: owner, customer_id: customer,
          product_id: product, stage_id: stage, amount: amount, cost: cost, currency: currency, title: title, updated_at: updated_at }`;
const csvSource = `  files:
    kind: files
    path: deals.csv
    streams:
      - { entity: deals, key: id, fields: ${fields} }`;
const sqlSource = (url: string): string => `  crm:
    kind: sql
    connection: ${url}
    streams:
      - { from: deals, entity: deals, key: id, cursor: updated_at, fields: ${fields} }`;

async function run(folder: string, sources: string, warehouseUrl: string): Promise<RunSummary[]> {
  const path = join(folder, 'pulse.yaml');
  writeFileSync(path, `reporting: { timezone: Europe/Moscow, currency: RUB }\nsources:\n${sources}\n`);
  const runs = await runSources({ warehouseUrl, config: readConfig(path) });
  for (const { status, error } of runs) if (status !== 'succeeded') throw new Error(error ?? status);
  return runs;
}

/** The same keys as the fact has: identity, its number, two times, customer and owner. */
async function copy(url: string, file: string): Promise<{ seconds: number }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`
      create table deals (id text primary key, created_at timestamp, closed_at timestamp, status text, owner text,
        customer text, product text, stage text, amount text, cost numeric, currency text, title text, updated_at timestamp,
        number bigint generated always as identity);
      create index on deals (number); create index on deals (created_at); create index on deals (closed_at);
      create index on deals (customer); create index on deals (owner)`);
    const columns =
      'id, created_at, closed_at, status, owner, customer, product, stage, amount, cost, currency, title, updated_at';
    return await time(() =>
      pipeline(
        createReadStream(file),
        client.query(copyFrom(`copy deals (${columns}) from stdin with (format csv, header)`)),
      ),
    );
  } finally {
    await client.end();
  }
}

async function change(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create index on deals (updated_at);
    update deals set status = 'won', stage = 'won', closed_at = '2026-01-01', updated_at = '2026-01-01' where number % 100 = 3`);
  await client.query('vacuum analyze deals');
  await client.end();
}

async function time(work: () => Promise<unknown>): Promise<{ seconds: number }> {
  const began = performance.now();
  await work();
  return { seconds: (performance.now() - began) / 1000 };
}
