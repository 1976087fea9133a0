import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { isEmpty, openFill } from '../../etl/fill.ts';
import { transform } from '../../etl/transform.ts';
import { startStack, type Ready } from '../harness/stack.ts';

/** A company of a size with everything up as `npm start` raises it, in a home of its own. */
export type Company = {
  deals: number;
  home: string;
  stack: Ready;
  warehouse: string;
  /** What the making of it took, null where it was kept from an earlier run. */
  made: { filled: number; derived: number } | null;
  stop(): Promise<void>;
};

export type Wish = { root: string; deals: number; keep: boolean; log(line: string): void };

/**
 * Opens the company of so many deals. It is made in SQL rather than loaded, since loading has a subject of its own; all
 * that is derived is derived by the very statements of a load. Rows end at the moment of making, so yesterday's is made
 * anew; with `keep` it is left for the next run.
 */
export async function openCompany({ root, deals, keep, log }: Wish): Promise<Company> {
  const home = join(root, '.pulse/bench', String(deals));
  const day = new Date().toISOString().slice(0, 10);
  if (readMark(home) !== day) rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'exports'), { recursive: true });
  const config = join(home, 'pulse.yaml');
  writeFileSync(config, settings);
  if (readMark(home) === null) writeFileSync(join(home, 'exports/deals.csv'), `${columns}\n`);
  const stack = await startStack(home, { PULSE_CONFIG: config, PORT: '0' });
  const stop = async () => {
    await stack.stop();
    if (!keep) rmSync(home, { recursive: true, force: true });
  };
  try {
    const { warehouse } = stack.record().urls;
    if (!warehouse) throw new Error('the stack has no warehouse');
    const made = readMark(home) === null ? await make(warehouse, deals, log) : null;
    writeFileSync(markOf(home), day);
    return { deals, home, stack, warehouse, made, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Columns of the export by which later changes come in. */
export const columns = 'id,created_at,closed_at,status,owner,customer,product,amount,cost,updated_at';
const settings = `company: Bench
reporting: { timezone: Europe/Moscow, currency: RUB }
sources:
  crm:
    kind: files
    path: exports
    streams:
      - from: deals.csv
        entity: deals
        key: id
        vanished: keep
        fields: { created_at: created_at, closed_at: closed_at, status: status, owner_id: owner, customer_id: customer,
                  product_id: product, amount: amount, cost: cost, updated_at: updated_at }
`;

const markOf = (home: string) => join(home, 'made');

function readMark(home: string): string | null {
  try {
    return readFileSync(markOf(home), 'utf8');
  } catch {
    return null;
  }
}

const large = [
  'deals',
  'deal_stage_events',
  'touchpoints',
  'calls',
  'activities',
  'complaints',
  'invoices',
  'payments',
];

async function make(
  url: string,
  deals: number,
  log: (line: string) => void,
): Promise<{ filled: number; derived: number }> {
  const run = (client: pg.Client, name: string) =>
    client.query(
      readFileSync(new URL(`./company/${name}.sql`, import.meta.url), 'utf8').replaceAll(
        ':deals',
        String(deals),
      ),
    );
  const [one, two] = [await connect(url), await connect(url)];
  try {
    log(`making ${deals.toLocaleString('en')} deals and what belongs to them`);
    const began = performance.now();
    if (!(await isEmpty(one, 'core.fct_deals'))) throw new Error('the company is not empty');
    const close = [];
    for (const name of large) close.push(await openFill(one, `core.fct_${name}`));
    await run(one, 'dimensions');
    await Promise.all([run(one, 'deals'), run(two, 'calls')]);
    for (const full of close) await full();
    await one.query('analyze');
    const filled = performance.now();
    log('deriving');
    await one.query('begin');
    await transform(one);
    await one.query('update ops.data_version set version = version + 1, changed_at = now()');
    await one.query('update ops.sources set fresh_at = now()');
    await one.query('commit');
    const derived = performance.now();
    await one.query('vacuum analyze');
    return { filled: (filled - began) / 1000, derived: (derived - filled) / 1000 };
  } finally {
    await one.end();
    await two.end();
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `set timezone = 'UTC'; set work_mem = '128MB'; set maintenance_work_mem = '512MB'; set client_min_messages = warning`,
  );
  return client;
}
