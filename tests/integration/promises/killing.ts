import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Database } from '../../harness/database.ts';

const program = join(import.meta.dirname, '../etl/loader.ts');

const compared = [
  'fct_deals',
  'dim_customers',
  'dim_employees',
  'dim_products',
  'dim_stages',
  'fct_funnel',
  'customer_facts',
  'hist_deals',
];
/** Columns that say when or by which run a row came, or count keys, differ between any two loads. */
const volatile =
  /^(run_id|loaded_at|last_contact_at|valid_.*|entered_at|left_at|days|.*_key|is_contact_overdue|source_updated_at)$/;

export type Contents = Record<string, unknown[]>;

/** A load in a process of its own. */
export function startLoad(database: Database, config: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, WAREHOUSE_URL: database.url, PULSE_CONFIG: config },
    stdio: ['ignore', 'ignore', 'ignore'],
  });
}

export async function load(database: Database, config: string): Promise<void> {
  expect((await once(startLoad(database, config), 'exit'))[0]).toBe(0);
}

export async function readContents(database: Database): Promise<Contents> {
  const found: Contents = {};
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
export function expectSame(got: Contents, wanted: Contents, when: string): void {
  for (const table of compared) {
    const [left, right] = [got[table], wanted[table]].map((rows) =>
      (rows ?? []).map((row) => JSON.stringify(row)).sort(),
    );
    const known = new Set(right);
    expect(left?.filter((row) => !known.has(row)).slice(0, 3), `${table} ${when}`).toEqual([]);
    expect(left?.length, `${table} ${when}`).toBe(right?.length);
  }
}

const readVersion = async (database: Database) =>
  (await database.query<{ version: number }>('select version::int from ops.data_version'))[0]?.version ?? 0;

/**
 * Loads `first` and then `second` into a calm database, and into a disturbed one where the second load is killed again
 * and again: after each kill it holds the whole of one or of the other, and at the end what the calm one holds.
 * @param give makes the sources give their first or second state, to the database that is about to be loaded
 */
export async function disturb(
  databases: { calm: Database; disturbed: Database; config: string },
  give: (state: 0 | 1, database: Database) => Promise<void> | void,
  kills: number,
): Promise<void> {
  const { calm, disturbed, config } = databases;
  for (const database of [calm, disturbed]) {
    await give(0, database);
    await load(database, config);
  }
  const first = await readVersion(disturbed);
  await give(1, calm);
  const started = Date.now();
  await load(calm, config);
  const usual = Date.now() - started;
  const [before, after] = [await readContents(disturbed), await readContents(calm)];
  expect(before).not.toEqual(after);

  await give(1, disturbed);
  for (let i = 0; i < kills; i++) {
    const child = startLoad(disturbed, config);
    const gone = once(child, 'exit');
    await sleep(usual * (0.3 + 0.7 * Math.random()));
    child.kill('SIGKILL');
    await gone;
    const isWhole = (await readVersion(disturbed)) === first ? before : after;
    expectSame(await readContents(disturbed), isWhole, `after kill ${i + 1}`);
  }
  await load(disturbed, config);
  expectSame(await readContents(disturbed), after, 'at the end');
  const left = await disturbed.query(`select count(*)::int as n from ops.runs where status = 'running'`);
  expect(left).toEqual([{ n: 0 }]);
}
