import { createHash } from 'node:crypto';
import type { Client } from 'pg';

/**
 * A rollup holds, one row per combination of `keys`, sums over the rows of one cube. It is the table
 * `rollup.<cube>__<by>`, with columns named as in the cube's own rows, so that Cube can ask it in their place. Only sums
 * of plain quantities are kept (they end in `_sum`): what is counted of them is said in the model alone.
 */
export type Rollup = {
  cube: string;
  by: string;
  /** rows with `sign` and all columns below, from the tables of changes; `period p` gives the zone */
  rows: string;
  keys: string[];
  sums: string[];
};

const day = (column: string): string =>
  `date_trunc('day', ${column} at time zone p.zone) at time zone p.zone as ${column}`;
const minutes = 'extract(epoch from first_response_at - created_at) / 60';
const days = 'extract(epoch from closed_at - created_at) / 86400';

const dealSums = [
  'n_sum',
  'amount_sum',
  'profit_sum',
  'costless_sum',
  'cycle_sum',
  'cycle_n_sum',
  'response_sum',
  'response_n_sum',
  'weighted_sum',
  'unweighted_sum',
  'unanswered_sum',
];
const deals = (time: string): string => `
  select sign, ${day(time)}, owner_key, stage_key, status, campaign_key, product_key, lost_reason,
    1 as n_sum, amount as amount_sum, amount - coalesce(cost, 0) as profit_sum, (cost is null)::int as costless_sum,
    ${days} as cycle_sum, (${days} is not null)::int as cycle_n_sum,
    ${minutes} as response_sum, (${minutes} is not null)::int as response_n_sum,
    amount * probability as weighted_sum, case when probability is null then amount end as unweighted_sum,
    (first_response_at is null)::int as unanswered_sum
  from changed_deals, period p where not is_deleted and not is_test`;

const marketing = `
  select sign, 'spend' as kind, day, null::timestamptz as at, campaign_key, null::bigint as owner_key, false as is_won,
    1 as n_sum, cost as spend_sum, impressions as impressions_sum, clicks as clicks_sum,
    null::numeric as amount_sum, null::numeric as profit_sum
  from changed_spend where not is_deleted
  union all
  select sign, m.kind, null, date_trunc('day', m.at at time zone p.zone) at time zone p.zone, campaign_key, owner_key,
    status = 'won', 1, null, null, null, amount, amount - coalesce(cost, 0)
  from changed_deals
  cross join lateral (values ('lead', created_at), ('won', closed_at)) m(kind, at), period p
  where not is_deleted and not is_test and (m.kind = 'lead' or status = 'won')`;
const marketingSums = ['n_sum', 'spend_sum', 'impressions_sum', 'clicks_sum', 'amount_sum', 'profit_sum'];

const calls = `
  select sign, ${day('started_at')},
    date_trunc('hour', started_at at time zone p.zone) at time zone p.zone as started_hour_at, employee_key,
    campaign_key, direction, disposition, 1 as n_sum, talk_s / 60 as talk_minutes_sum, talk_s as talk_sum,
    (talk_s is not null)::int as talk_n_sum, wait_s as wait_sum, (wait_s is not null)::int as wait_n_sum,
    (wait_s <= coalesce((select value::text::numeric from core.settings where key = 'limits.answer_seconds'), 20))::int as in_time_sum,
    is_returned::int as returned_sum
  from changed_calls, period p where not is_deleted`;
const callSums = [
  'n_sum',
  'talk_minutes_sum',
  'talk_sum',
  'talk_n_sum',
  'wait_sum',
  'wait_n_sum',
  'in_time_sum',
  'returned_sum',
];

const funnel = (time: string): string => `
  select sign, ${day(time)}, owner_key, stage_key, campaign_key, product_key, status, is_passed, is_current, is_lost_here,
    1 as n_sum, amount as amount_sum, (is_passed and days is not null)::int as timed_n_sum
  from changed_funnel, period p`;
const funnelSums = ['n_sum', 'amount_sum', 'timed_n_sum'];
const step = ['stage_key', 'status', 'is_passed', 'is_current', 'is_lost_here'];

export const rollups: Rollup[] = [
  ...['created_at', 'closed_at'].flatMap((time) => [
    rollup('deal_facts', `${time}_owner`, deals(time), [time, 'owner_key', 'stage_key', 'status'], dealSums),
    rollup('deal_facts', `${time}_campaign`, deals(time), [time, 'campaign_key', 'status'], dealSums),
    rollup('deal_facts', `${time}_product`, deals(time), [time, 'product_key', 'status'], dealSums),
    rollup('funnel_steps', `${time}_owner`, funnel(time), [time, 'owner_key', ...step], funnelSums),
    rollup('funnel_steps', `${time}_campaign`, funnel(time), [time, 'campaign_key', ...step], funnelSums),
  ]),
  rollup(
    'deal_facts',
    'reason',
    deals('closed_at'),
    ['closed_at', 'lost_reason', 'stage_key', 'status'],
    dealSums,
  ),
  rollup(
    'marketing_facts',
    'campaign',
    marketing,
    ['kind', 'day', 'at', 'campaign_key', 'is_won'],
    marketingSums,
  ),
  rollup(
    'marketing_facts',
    'owner',
    marketing,
    ['kind', 'day', 'at', 'campaign_key', 'owner_key', 'is_won'],
    marketingSums,
  ),
  rollup(
    'call_facts',
    'employee',
    calls,
    ['started_at', 'employee_key', 'direction', 'disposition'],
    callSums,
  ),
  rollup(
    'call_facts',
    'campaign',
    calls,
    ['started_at', 'campaign_key', 'direction', 'disposition'],
    callSums,
  ),
  rollup(
    'call_facts',
    'hour',
    calls,
    ['started_at', 'started_hour_at', 'direction', 'disposition'],
    callSums,
  ),
];

function rollup(cube: string, by: string, rows: string, keys: string[], sums: string[]): Rollup {
  return { cube, by, rows, keys, sums };
}

const nameOf = ({ cube, by }: Rollup): string => `${cube}__${by}`;

/** What the tables are made of; where this is not what they were made of, everything is derived anew. */
export const definition = createHash('sha256').update(JSON.stringify(rollups)).digest('hex').slice(0, 16);

/**
 * Adds the changes of this transaction to the rollups: each row as it was is taken off, as it is put on, so a load costs
 * by what it changes. A derivation of the whole writes new tables and puts them in place of the old, so that readers
 * wait for no more than the exchange of names.
 */
export async function rollUp(client: Client, isWhole: boolean): Promise<void> {
  for (const rollup of rollups) await (isWhole ? build(client, rollup) : add(client, rollup));
}

/** Sums of columns that may be null: beside each stands of how many values it is, since a sum of none is null, not 0. */
const sure = /^n_sum$|_n_sum$|^(costless|unanswered|returned)_sum$/;
const unsure = (sums: string[]): string[] => sums.filter((sum) => !sure.test(sum));
const tally = (sum: string): string => sum.replace(/_sum$/, '_tally');
const columnsOf = ({ keys, sums }: Rollup): string[] => [...keys, ...sums, ...unsure(sums).map(tally)];

function select({ rows, keys, sums }: Rollup): string {
  const added = [
    ...sums.map((sum) => [sum, `sum(sign * ${sum})`]),
    ...unsure(sums).map((sum) => [tally(sum), `sum(sign * (${sum} is not null)::int)`]),
  ];
  return `
    select ${keys.join(', ')}, ${added.map(([name, sql]) => `${sql} as ${name}`).join(', ')}
    from (${rows}) r group by ${keys.join(', ')}
    having ${added.map(([, sql]) => `${sql} <> 0`).join(' or ')}`;
}

async function build(client: Client, rollup: Rollup): Promise<void> {
  const name = nameOf(rollup);
  await client.query(`
    create table rollup.${name}__new as ${select(rollup)} order by ${rollup.keys.join(', ')};
    alter table rollup.${name}__new add unique nulls not distinct (${rollup.keys.join(', ')});
    analyze rollup.${name}__new;
    drop table if exists rollup.${name};
    alter table rollup.${name}__new rename to ${name};
    comment on table rollup.${name} is 'one row per ${rollup.keys.join(', ')}: sums over the rows of the cube ${rollup.cube}'`);
}

async function add(client: Client, rollup: Rollup): Promise<void> {
  const name = nameOf(rollup);
  const { keys, sums } = rollup;
  const both = (column: string): string => `coalesce(t.${column}, 0) + coalesce(excluded.${column}, 0)`;
  const set = [
    ...sums.map((sum) =>
      sure.test(sum)
        ? `${sum} = ${both(sum)}`
        : `${sum} = case when ${both(tally(sum))} <> 0 then ${both(sum)} end`,
    ),
    ...unsure(sums).map((sum) => `${tally(sum)} = ${both(tally(sum))}`),
  ];
  await client.query(`
    insert into rollup.${name} as t (${columnsOf(rollup).join(', ')}) ${select(rollup)}
    on conflict (${keys.join(', ')}) do update set ${set.join(', ')};
    delete from rollup.${name} where n_sum = 0`);
}
