import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';

// A load that is killed at any moment leaves the last good state, and the next one ends where an undisturbed one does.
const kills = 20;
const program = join(import.meta.dirname, 'loader.ts');
const folder = mkdtempSync(join(tmpdir(), 'pulse-kill-'));
const config = join(folder, 'pulse.yaml');

const compared = [
  'fct_deals',
  'dim_customers',
  'dim_employees',
  'dim_stages',
  'fct_funnel',
  'customer_facts',
  'hist_deals',
];
/** Columns that say when or by which run a row came, or count keys, differ between any two loads. */
const volatile =
  /^(run_id|loaded_at|last_contact_at|valid_.*|entered_at|left_at|days|.*_key|is_contact_overdue)$/;

let calm: Database;
let disturbed: Database;
beforeAll(async () => {
  [calm, disturbed] = await Promise.all([createDatabase(), createDatabase()]);
  writeFileSync(
    config,
    `reporting: { timezone: Europe/Moscow, currency: RUB }
sources:
  crm:
    kind: files
    path: deals.csv
    streams:
      - entity: deals
        key: id
        fields: { created_at: created, status: status, owner_id: owner, customer_id: customer, stage_id: status, amount: amount }
`,
  );
}, 60_000);
afterAll(async () => {
  await calm?.drop();
  await disturbed?.drop();
});

function write(generation: number): void {
  const lines = ['id,created,status,owner,customer,amount'];
  for (let i = 0; i < 6000; i++) {
    const status = ['open', 'won', 'lost'][(i + (i % 5 === 0 ? generation : 0)) % 3];
    lines.push(
      `${i},2025-0${1 + (i % 9)}-1${i % 10},${status},M${i % 7},C${i % 900},${i % 97 === 0 ? 'x' : i * 10}`,
    );
  }
  writeFileSync(join(folder, 'deals.csv'), lines.join('\n'));
}

function load(database: Database): ReturnType<typeof spawn> {
  return spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, WAREHOUSE_URL: database.url, PULSE_CONFIG: config },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

async function contents(database: Database): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of compared) {
    const columns = await database.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_schema = 'core' and table_name = $1`,
      [table],
    );
    const names = columns.map(({ name }) => name).filter((name) => !volatile.test(name));
    const list = names.map((name) => `"${name}"`).join(', ');
    found[table] = await database.query(
      `select ${list} from core.${table} order by ${names.map((_, i) => i + 1).join(', ')}`,
    );
  }
  return found;
}

/** Table by table, so that a difference names its table and its rows. */
function expectSame(got: Record<string, unknown[]>, wanted: Record<string, unknown[]>, when: string): void {
  for (const table of compared) {
    const [left, right] = [got[table], wanted[table]].map((rows) =>
      (rows ?? []).map((row) => JSON.stringify(row)).sort(),
    );
    const known = new Set(right);
    expect(left?.filter((row) => !known.has(row)).slice(0, 3), `${table} ${when}`).toEqual([]);
    expect(left?.length, `${table} ${when}`).toBe(right?.length);
  }
}

const version = async (database: Database) =>
  (await database.query<{ version: number }>('select version::int from ops.data_version'))[0]?.version ?? 0;

test(`${kills} kills at random moments leave whole states only`, { timeout: 300_000 }, async () => {
  write(0);
  for (const database of [calm, disturbed]) expect((await once(load(database), 'exit'))[0]).toBe(0);
  const started = Date.now();
  write(1);
  expect((await once(load(calm), 'exit'))[0]).toBe(0);
  const usual = Date.now() - started;
  const [before, after] = [await contents(disturbed), await contents(calm)];
  expect(before).not.toEqual(after);

  for (let i = 0; i < kills; i++) {
    const child = load(disturbed);
    const gone = once(child, 'exit');
    await sleep(usual * (0.3 + 0.7 * Math.random()));
    child.kill('SIGKILL');
    await gone;
    const isWhole = (await version(disturbed)) === 1 ? before : after;
    expectSame(await contents(disturbed), isWhole, `after kill ${i + 1}`);
  }
  expect((await once(load(disturbed), 'exit'))[0]).toBe(0);
  expectSame(await contents(disturbed), after, 'at the end');
  const left = await disturbed.query(`select count(*)::int as n from ops.runs where status = 'running'`);
  expect(left).toEqual([{ n: 0 }]);
});
