import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { isEmpty, openFill } from './fill.ts';
import { matchIdentities } from './identity.ts';
import { definition, rollUp } from './rollups.ts';

type Transform = { name: string; sql: string };

/** What is derived inside the warehouse, in order; the rollups come last but for what is made of them. */
const [transforms, finals] = [
  [
    'period',
    'teams',
    'stages',
    'deal_references',
    'deal_campaigns',
    'attribution',
    'calendar',
    'call_returns',
    'funnel',
    'customer_scope',
    'customer_months',
    'customer_facts',
    'customer_classes',
    'customer_silence',
    'cohorts',
    'month_facts',
    'plan_fact',
  ],
  ['stage_norms'],
].map((names) =>
  names.map((name) => ({
    name,
    sql: readFileSync(new URL(`./transforms/${name}.sql`, import.meta.url), 'utf8'),
  })),
) as [Transform[], Transform[]];

/** Tables that a first load fills: from which step till which. */
const fills: Record<string, { table: string; till: string }> = {
  funnel: { table: 'core.fct_funnel', till: 'funnel' },
  customer_facts: { table: 'core.customer_facts', till: 'customer_silence' },
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
  const tables = await watched(client);
  const { rows } = await client.query<{ open: boolean }>(
    `select to_regclass('pg_temp.changed_deals') is not null as open`,
  );
  const whole = rows[0]?.open !== true;
  if (whole) {
    // Parallel workers read no temporary tables: what leads to the result lies in a schema that ends with this.
    await client.query(
      'create schema deriving; set local search_path = deriving; set local parallel_tuple_cost = 0.01',
    );
    // Nobody but the next load reads the first three, so a lock on them keeps no reader waiting.
    await client.query(`
      truncate core.customer_months, core.cohort_months, core.month_facts;
      delete from core.fct_cohorts;
      delete from core.customer_facts f where not exists (select from core.dim_customers c where c.customer_key = f.customer_key);
      delete from core.fct_funnel f
        where not exists (select from core.fct_deals d where d.source = f.source and d.source_id = f.deal_id);
      delete from core.fct_attribution a
        where not exists (select from core.fct_deals d where d.source = a.source and d.source_id = a.deal_id)`);
    for (const { changes, table_name } of tables) {
      await client.query(
        `create temp view changed_${changes} as select t.*, 1::smallint as sign from core.${table_name} t`,
      );
    }
  } else {
    await client.query(`analyze ${tables.map(({ changes }) => `changed_${changes}`).join(', ')}`);
  }
  await matchIdentities(client);
  const full = new Map<string, () => Promise<void>>();
  for (const step of transforms) {
    const filled = whole ? fills[step.name] : undefined;
    if (filled && (await isEmpty(client, filled.table)))
      full.set(filled.till, await openFill(client, filled.table));
    await derive(client, step, whole);
    await full.get(step.name)?.();
  }
  await rollUp(client, whole);
  for (const step of finals) await derive(client, step, whole);
  await client.query(`
    insert into core.settings (key, value)
    select 'derived.at', to_jsonb(now) from period union all select 'derived.zone', to_jsonb(zone) from period
    on conflict (key) do update set value = excluded.value`);
  await client.query(`
    insert into core.settings (key, value) select 'derived.for', to_jsonb(core.derived_for() || '|${definition}')
    on conflict (key) do update set value = excluded.value`);
  await client.query('drop table period');
  if (!whole) return;
  await client.query(tables.map(({ changes }) => `drop view changed_${changes};`).join('\n'));
  await client.query('drop schema deriving cascade; set local search_path to default');
}

const temporary = /create temp table (\w+) on commit drop as/g;

async function derive(client: Client, { name, sql }: Transform, whole: boolean): Promise<void> {
  try {
    const text = sql.replaceAll(':is_whole', String(whole));
    await client.query(whole ? text.replaceAll(temporary, 'create unlogged table $1 as') : text);
  } catch (error) {
    throw new Error(`deriving ${name} failed: ${(error as Error).message}`, { cause: error });
  }
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
