import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { isEmpty, openFill } from './fill.ts';
import { matchIdentities } from './identity.ts';
import {
  definition,
  exchangeRollups,
  families,
  finerOf,
  layOut,
  nameOf,
  rollUp,
  tablesOf,
  type Family,
} from './rollups.ts';
import { deals } from './rollup-deals.ts';
import { doTasks, type Task } from './tasks.ts';

/** One thing that is derived: `isWhole` from all rows, else from those that the transaction has changed. */
type Step = { name: string; run(client: Client, isWhole: boolean): Promise<void> };
/** Steps that are done together. */
type Derivation = Task & { steps: Step[] };

/** What comes before all else, since it changes facts; `period` says which moment «now» is. */
const grounds = [
  ...['period', 'teams', 'stages', 'deal_references', 'deal_campaigns', 'attribution', 'calendar'],
  'call_returns',
].map(derived);

/** What is derived of the facts. The longest come first. */
const derivations: Derivation[] = [
  {
    name: 'customers',
    after: [],
    steps: [
      ...['customer_scope', 'customer_months', 'customer_facts', 'customer_ranking', 'customer_classes'],
      ...['cohorts', 'customer_profiles'],
    ].map(derived),
  },
  { name: 'funnel', after: [], steps: [derived('funnel')] },
  ...families.flatMap(rolledUp),
  { name: 'stage_norms', after: ['funnel_steps__owner'], steps: [derived('stage_norms')] },
  {
    name: 'plan_fact',
    after: tablesOf(deals),
    steps: ['month_facts', 'plan_fact'].map(derived),
  },
  { name: 'receivables', after: [], steps: [derived('receivables')] },
];

/** Tables that a derivation of the whole may find empty: from which step till which they are filled. */
const fills: Record<string, { table: string; till: string; isDistinct?: boolean }> = {
  attribution: { table: 'core.fct_attribution', till: 'attribution' },
  funnel: { table: 'core.fct_funnel', till: 'funnel', isDistinct: true },
  customer_months: { table: 'core.customer_months', till: 'customer_months', isDistinct: true },
  customer_facts: { table: 'core.customer_facts', till: 'customer_classes' },
  customer_profiles: { table: 'core.kept_profiles', till: 'customer_profiles' },
};

/**
 * Opens the temporary tables `changed_<name>` that triggers fill with each row of core as it was (sign −1) and as it is
 * (sign 1), till the end of the caller's transaction. Where everything has to be derived anew (never done yet, another
 * month, other settings) they stay closed: `transform` then takes all rows for new.
 */
export async function openChanges(client: Client): Promise<void> {
  if (await isWhole(client)) return;
  const tables = await watched(client);
  await client.query(
    tables
      .map(
        ({ changes, table_name }) =>
          `create temp table changed_${changes} (like core.${table_name}, sign smallint not null) on commit drop;`,
      )
      .join('\n'),
  );
}

/**
 * Brings what is derived up to date with what the transaction has changed so far, and with the clock. The same
 * statements serve a change and the whole: a sum of changes from nothing is the sum of all.
 */
export async function transform(client: Client): Promise<void> {
  const { rows } = await client.query<{ open: boolean }>(
    `select to_regclass('pg_temp.changed_deals') is not null as open`,
  );
  const isWhole = rows[0]?.open !== true;
  if (isWhole) {
    await clear(client);
    await client.query(`${await viewsOf(client, 'create')}; ${settings}`);
  } else {
    const tables = await watched(client);
    await client.query(
      `${rough}; analyze ${tables.map(({ changes }) => `changed_${changes}`).join(', ')}; ${exact}`,
    );
  }
  await matchIdentities(client);
  if (!isWhole) await client.query(rough);
  for (const { steps } of [{ steps: grounds }, ...derivations]) await run(client, steps, isWhole);
  await client.query(exact);
  await finish(client, isWhole);
  if (isWhole) await closeWhole(client);
}

/**
 * Derives everything while nobody reads yet: each in a transaction of its own, so that several connections share them.
 * What a kill leaves behind the next load derives anew.
 * @param publish what makes the result visible, in the last transaction
 */
export async function transformFirst(clients: Client[], publish: () => Promise<void>): Promise<void> {
  const [main] = clients as [Client];
  const inTransaction = async (client: Client, work: () => Promise<void>): Promise<void> => {
    await client.query(`begin; ${settings}`);
    await work();
    await client.query('commit');
  };
  await clear(main);
  // By themselves, since a derivation locks the tables that it fills.
  for (const client of clients) await client.query(await viewsOf(client, 'create'));
  await inTransaction(main, async () => {
    await matchIdentities(main);
    await run(main, grounds, true);
  });
  await doTasks(derivations, clients, (client, { steps }) =>
    inTransaction(client, () => run(client, steps, true)),
  );
  await inTransaction(main, async () => {
    await finish(main, true);
    await closeWhole(main);
    await publish();
  });
}

/** Makes room for a derivation of the whole: what hangs on rows that are no more goes. */
async function clear(client: Client): Promise<void> {
  // Parallel workers read no temporary tables: what leads to the result lies in a schema that ends with the derivation.
  // Nobody but the next load reads the first three tables, so a lock on them keeps no reader waiting.
  await client.query(`
    drop schema if exists deriving cascade;
    create schema deriving;
    truncate core.customer_months, core.cohort_months, core.month_facts;
    delete from core.fct_cohorts;
    delete from core.open_receivables;
    delete from core.customer_facts f where not exists (select from core.dim_customers c where c.customer_key = f.customer_key);
    delete from core.fct_funnel f
      where not exists (select from core.fct_deals d where d.source = f.source and d.source_id = f.deal_id);
    delete from core.fct_attribution a
      where not exists (select from core.fct_deals d where d.source = a.source and d.source_id = a.deal_id)`);
}

/** How many rows statistics look at: of a few changes a tenth of the usual tells enough. */
const rough = 'set local default_statistics_target = 10';
const exact = 'set local default_statistics_target to default';
const settings = 'set local search_path = deriving; set local parallel_tuple_cost = 0.01';

async function closeWhole(client: Client): Promise<void> {
  await client.query(`${await viewsOf(client, 'drop')};
    drop schema deriving cascade; set local search_path to default`);
}

/** Views that take all rows for new. */
async function viewsOf(client: Client, verb: 'create' | 'drop'): Promise<string> {
  return (await watched(client))
    .map(({ changes, table_name }) =>
      verb === 'drop'
        ? `drop view changed_${changes}`
        : `create temp view changed_${changes} as select t.*, 1::smallint as sign from core.${table_name} t`,
    )
    .join(';\n');
}

async function run(client: Client, steps: Step[], isWhole: boolean): Promise<void> {
  const full = new Map<string, () => Promise<void>>();
  for (const step of steps) {
    const filled = isWhole ? fills[step.name] : undefined;
    if (filled && (await isEmpty(client, filled.table)))
      full.set(filled.till, await openFill(client, filled.table, filled.isDistinct));
    try {
      await step.run(client, isWhole);
    } catch (error) {
      throw new Error(`deriving ${step.name} failed: ${(error as Error).message}`, { cause: error });
    }
    await full.get(step.name)?.();
  }
}

async function finish(client: Client, isWhole: boolean): Promise<void> {
  if (isWhole) await exchangeRollups(client);
  await client.query(`
    insert into core.settings (key, value)
    select 'derived.zone', to_jsonb(zone) from period
    on conflict (key) do update set value = excluded.value`);
  await client.query(`
    insert into core.settings (key, value) select 'derived.for', to_jsonb(core.derived_for() || '|${definition}')
    on conflict (key) do update set value = excluded.value`);
  await client.query('drop table period');
}

const temporary = /create temp table (\w+) on commit drop as/g;

function derived(name: string): Step {
  const sql = readFileSync(new URL(`./transforms/${name}.sql`, import.meta.url), 'utf8');
  const run = async (client: Client, isWhole: boolean): Promise<void> => {
    const text = sql.replaceAll(':is_whole', String(isWhole));
    // The whole is derived of its own new rollups.
    const whole = text
      .replaceAll(temporary, 'create unlogged table $1 as')
      .replaceAll('rollup.', 'deriving.');
    await client.query(isWhole ? whole : text);
  };
  return { name, run };
}

/** The rows of a family, and of them each rollup. */
function rolledUp(family: Family): Derivation[] {
  const derivation = (name: string, after: string[], run: Step['run']): Derivation => ({
    name,
    after,
    steps: [{ name, run }],
  });
  const rows = `rows of ${nameOf(family)}`;
  return [
    derivation(
      rows,
      family.within ? [`rows of ${nameOf(family.within)}`] : (family.after ?? []),
      (client, isWhole) => layOut(client, family, isWhole),
    ),
    ...Object.keys(family.cuts).map((by) =>
      derivation(`${family.cube}__${by}`, [finerOf(family, by) ?? rows], (client, isWhole) =>
        rollUp(client, family, by, isWhole),
      ),
    ),
  ];
}

async function isWhole(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ whole: boolean }>(`
    select not exists (
      select from core.settings where key = 'derived.for' and value = to_jsonb(core.derived_for() || '|${definition}')
    ) as whole`);
  return rows[0]?.whole === true;
}

async function watched(client: Client): Promise<{ changes: string; table_name: string }[]> {
  const { rows } = await client.query<{ changes: string; table_name: string }>(
    'select changes, table_name from ops.watched_tables order by changes',
  );
  return rows;
}
