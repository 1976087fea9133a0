import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { credits } from './rollup-credits.ts';
import { customers, spend } from './rollup-customers.ts';
import { deals, dealsByClient, span, steps, stepsByClient } from './rollup-deals.ts';
import { quality } from './rollup-quality.ts';
import { views } from './rollup-views.ts';

/**
 * A rollup holds, one row per combination of `keys`, sums over the rows of one cube. It is the table
 * `rollup.<cube>__<by>`, with columns named as in the cube's own rows, so that Cube can ask it in their place. Only sums
 * of plain quantities are kept (they end in `_sum`): what is counted of them is said in the model alone.
 */
export type Family = {
  /** what it is called where the cube has several */
  name?: string;
  cube: string;
  /** rows with `sign`, all keys and all sums, from the tables of changes; the session's zone is that of the days */
  rows: string;
  /** the same of all that there is, where other tables of the derivation say it sooner than changes from nothing */
  whole?: string;
  /** a family whose whole has the keys of this one too, and is laid out once for both */
  within?: Family;
  /** the derivations that its rows are read from */
  after?: string[];
  /** each sum, and the one that counts of how many values it is: a sum of none is null, not 0 */
  sums: Record<string, string | null>;
  /** sums laid out in whole microseconds, which add up far quicker than numbers with a fraction; rollups hold seconds */
  spans?: string[];
  /** the rollups: what they are by, and their keys */
  cuts: Record<string, string[]>;
};

const day = (column: string, name = column): string => `date_trunc('day', ${column}) as ${name}`;

/** Whatever an employee does, but for deals. */
const activities = `select sign, 'call' as kind, ${day('started_at', 'at')}, employee_key, 1 as n_sum
      from changed_calls where disposition = 'answered' and not is_deleted
      union all
      select sign, kind, ${day('created_at', 'at')}, employee_key, 1
      from changed_activities where kind <> 'task' and not is_deleted
      union all
      select sign, 'task_done', ${day('done_at', 'at')}, employee_key, 1
      from changed_activities where kind = 'task' and done_at is not null and not is_deleted`;

const waiting = ['source', 'waits_until', 'waiting_since'];

export const families: Family[] = [
  deals,
  steps,
  dealsByClient,
  stepsByClient,
  {
    cube: 'call_facts',
    rows: `
      select sign, ${day('started_at')},
        date_trunc('hour', started_at) as started_hour_at, employee_key,
        campaign_key, direction, disposition, 1 as n_sum, talk_s / 60 as talk_minutes_sum, talk_s as talk_sum,
        (talk_s is not null)::int as talk_n_sum, wait_s as wait_sum, (wait_s is not null)::int as wait_n_sum,
        (wait_s <= coalesce((select value::text::numeric from core.settings where key = 'limits.answer_seconds'), 20))::int
          as in_time_sum, is_returned::int as returned_n_sum
      from changed_calls where not is_deleted`,
    sums: {
      n_sum: null,
      talk_minutes_sum: 'talk_n_sum',
      talk_sum: 'talk_n_sum',
      talk_n_sum: null,
      wait_sum: 'wait_n_sum',
      wait_n_sum: null,
      in_time_sum: 'wait_n_sum',
      returned_n_sum: null,
    },
    cuts: {
      employee: ['started_at', 'employee_key', 'direction', 'disposition'],
      campaign: ['started_at', 'campaign_key', 'direction', 'disposition'],
      hour: ['started_at', 'started_hour_at', 'direction', 'disposition'],
    },
  },
  {
    cube: 'service_facts',
    rows: `
      select sign, 'complaint' as kind, ${day('opened_at')}, ${day('resolved_at')}, status, cause, severity, channel, stage,
        product_key, employee_key, source, case when status in ('new', 'in_progress') then due_at end as waits_until,
        case when status in ('new', 'in_progress') then opened_at end as waiting_since, 1 as n_sum,
        ${span('first_response_at - opened_at')} as response_sum, (first_response_at is not null)::int as response_n_sum,
        ${span('resolved_at - opened_at')} as hours_sum,
        (resolved_at is not null)::int as hours_n_sum, (first_response_at is null)::int as unanswered_n_sum
      from changed_complaints where not is_deleted
      union all
      select sign, 'deal', ${day('closed_at')}, null, null, null, null, null, null, product_key, owner_key, null, null,
        null, 1, null, 0, null, 0, 0
      from changed_deals where not is_deleted and not is_test and status = 'won'`,
    sums: {
      n_sum: null,
      response_sum: 'response_n_sum',
      response_n_sum: null,
      hours_sum: 'hours_n_sum',
      hours_n_sum: null,
      unanswered_n_sum: null,
    },
    spans: ['response_sum', 'hours_sum'],
    cuts: {
      opened_employee: ['kind', 'opened_at', 'status', 'employee_key', ...waiting],
      opened_cause: ['kind', 'opened_at', 'status', 'cause', 'product_key', ...waiting],
      opened_stage: ['kind', 'opened_at', 'status', 'stage', 'channel', 'severity', ...waiting],
      resolved_employee: ['kind', 'resolved_at', 'status', 'employee_key'],
      resolved_cause: ['kind', 'resolved_at', 'status', 'cause', 'product_key'],
    },
  },
  {
    cube: 'activity_days',
    rows: `
      ${activities}
      union all
      select sign, 'deal', ${day('created_at', 'at')}, owner_key, 1
      from changed_deals where not is_deleted and not is_test`,
    whole: `
      ${activities}
      union all
      select 1::smallint, 'deal', created_at, owner_key, n_sum::int from deriving.deal_facts__created_owner`,
    after: ['deal_facts__created_owner'],
    sums: { n_sum: null },
    cuts: { employee: ['at', 'kind', 'employee_key'], kind: ['kind', 'employee_key'] },
  },
  {
    cube: 'surveys',
    rows: `select sign, ${day('answered_at')}, score, survey, employee_key, 1 as n_sum from changed_responses where not is_deleted`,
    sums: { n_sum: null },
    cuts: { employee: ['answered_at', 'survey', 'employee_key', 'score'] },
  },
  customers,
  spend,
  credits,
  quality,
];

/** What the tables are made of; where this is not what they were made of, everything is derived anew. */
export const definition = createHash('sha256')
  .update(JSON.stringify([families, views]))
  .digest('hex')
  .slice(0, 16);

export const nameOf = ({ name, cube }: Family): string => name ?? cube;
export const tablesOf = ({ cube, cuts }: Family): string[] => Object.keys(cuts).map((by) => `${cube}__${by}`);
/** What the rows of a family are summed by; nothing else of them has to be known to plan that. */
const keysOf = ({ cuts }: Family): string[] => [...new Set(Object.values(cuts).flat())];
const rolledOf = (family: Family, isWhole: boolean): string =>
  `rolled_${nameOf((isWhole && family.within) || family).replaceAll(' ', '_')}`;

/** A rollup before this one that has all its keys: of it the whole is summed further, instead of rows. */
export function finerOf({ cube, cuts }: Family, by: string): string | null {
  const before = Object.keys(cuts).slice(0, Object.keys(cuts).indexOf(by));
  const finer = before.find((other) => cuts[by]?.every((key) => cuts[other]?.includes(key)));
  return finer ? `${cube}__${finer}` : null;
}

/** Lays out the rows that the rollups of a family are sums of; those of changes with their sign in each quantity. */
export async function layOut(client: Client, family: Family, isWhole: boolean): Promise<void> {
  const { rows, whole = rows, sums, within } = family;
  if (isWhole && within) return;
  const table = rolledOf(family, false);
  const inside = isWhole ? families.filter((other) => other.within === family) : [];
  const keys = [...new Set([family, ...inside].flatMap(keysOf))].join(', ');
  const values = Object.keys(sums).map((sum) => (isWhole ? sum : `sign * ${sum} as ${sum}`));
  await inZone(
    client,
    `create ${isWhole ? `unlogged table ${table}` : `temp table ${table} on commit drop`} as
     select ${[keys, ...values].join(', ')} from (${isWhole ? whole : rows}) r`,
  );
  await client.query(`analyze ${table} (${keys})`);
}

/** A zone that is named in the query would be looked up for each row, which costs three times the cutting of days itself. */
async function inZone(client: Client, query: string): Promise<void> {
  await client.query(`select set_config('timezone', zone, true) from period`);
  await client.query(query);
  await client.query(`set local timezone = 'UTC'`);
}

/**
 * Adds the changes of this transaction to a rollup: each row as it was is taken off, as it is put on, so a load costs by
 * what it changes. A derivation of the whole leaves a new table in its own schema, for `exchangeRollups` to put in the
 * place of the one that is read.
 */
export async function rollUp(client: Client, family: Family, by: string, isWhole: boolean): Promise<void> {
  await client.query(hashed);
  if (isWhole) await client.query(build(family, by));
  else await add(client, family, by);
  await client.query(usual);
}

/**
 * The planner takes the keys for independent, so for far more groups than there are, and would sort all rows before it
 * sums them. Workers would only hand on what has to be summed again.
 */
const hashed = `set local enable_sort = off; set local hash_mem_multiplier = 4;
  set local max_parallel_workers_per_gather = 0`;
const usual = `set local enable_sort to default; set local hash_mem_multiplier to default;
  set local max_parallel_workers_per_gather to default`;

/**
 * Puts the new tables in place of all old ones, which readers have had all the while; from here to the end of the
 * transaction they wait. Views of them and of the present are made anew.
 */
export async function exchangeRollups(client: Client): Promise<void> {
  const { rows } = await client.query<{ drop: string | null }>(`
    select string_agg(format('drop %s if exists rollup.%I cascade', case relkind when 'v' then 'view' else 'table' end, relname),
      ';' order by relname) as drop
    from pg_class where relnamespace = 'rollup'::regnamespace and relkind in ('r', 'v')`);
  if (rows[0]?.drop) await client.query(rows[0].drop);
  for (const table of families.flatMap(tablesOf))
    await client.query(`alter table deriving.${table} set schema rollup`);
  for (const view of views) await client.query(view);
  await indexSpend(client);
}

/** A day of spend begins at the midnight of the zone: by an index of that moment its period is found. */
async function indexSpend(client: Client): Promise<void> {
  const { rows } = await client.query<{ index: string }>(`
    select format('drop index if exists core.fct_marketing_spend_at_idx;
      create index fct_marketing_spend_at_idx on core.fct_marketing_spend ((day::timestamp at time zone %L));
      analyze core.fct_marketing_spend', zone) as index
    from period where not exists (
      select from pg_indexes
      where indexname = 'fct_marketing_spend_at_idx' and strpos(indexdef, quote_literal(zone)) > 0
    )`);
  if (rows[0]) await client.query(rows[0].index);
}

function build(family: Family, by: string): string {
  const { cube, sums, spans, cuts } = family;
  const [table, finer, keys] = [`${cube}__${by}`, finerOf(family, by), (cuts[by] ?? []).join(', ')];
  const values = Object.entries(sums).map(
    ([sum, count]) =>
      `${!finer && spans?.includes(sum) ? inSeconds(sum, count) : sumOf(sum, count)} as ${sum}`,
  );
  return `
    create table deriving.${table} as
    select ${keys}, ${values.join(', ')} from ${finer ?? rolledOf(family, true)} group by ${keys} order by ${cuts[by]?.[0]};
    alter table deriving.${table} add unique nulls not distinct (${keys});
    analyze deriving.${table} (${keys});
    comment on table deriving.${table} is 'one row per ${keys}: sums over the rows of a cube'`;
}

/** What is not there is left out: even of it PostgreSQL would keep half a kilobyte for each key. */
const sumOf = (sum: string, count: string | null): string =>
  count ? `sum(${sum}) filter (where ${sum} is not null)` : `sum(${sum})`;
const inSeconds = (sum: string, count: string | null): string => `${sumOf(sum, count)} * 0.000001`;

/**
 * Changes that cancel each other leave a key without values: its sum is null then, as it is when built anew. Rows that
 * nothing is left of go by their places: a search would read all of the rollup.
 */
async function add(client: Client, family: Family, by: string): Promise<void> {
  const { cube, sums, spans, cuts } = family;
  const [table, keys, names] = [`${cube}__${by}`, (cuts[by] ?? []).join(', '), Object.keys(sums)];
  const values = Object.entries(sums).map(([sum, count]) => {
    const value = spans?.includes(sum) ? inSeconds(sum, count) : sumOf(sum, count);
    return `${count ? `case when sum(${count}) <> 0 then ${value} else nullif(${value}, 0) end` : value} as ${sum}`;
  });
  const both = (column: string): string => `coalesce(t.${column}, 0) + coalesce(excluded.${column}, 0)`;
  const set = Object.entries(sums).map(([sum, count]) =>
    count ? `${sum} = case when ${both(count)} <> 0 then ${both(sum)} end` : `${sum} = ${both(sum)}`,
  );
  const { rows } = await client.query<{ place: string }>(`
    with added as (
      insert into rollup.${table} as t (${keys}, ${names.join(', ')})
      select * from (select ${keys}, ${values.join(', ')} from ${rolledOf(family, false)} group by ${keys}) r
      where ${names.map((name) => `coalesce(${name}, 0) <> 0`).join(' or ')}
      on conflict (${keys}) do update set ${set.join(', ')}
      returning t.ctid as place, t.n_sum
    )
    select place::text from added where n_sum = 0`);
  if (rows.length)
    await client.query(`delete from rollup.${table} where ctid = any($1::tid[])`, [
      rows.map(({ place }) => place),
    ]);
}
