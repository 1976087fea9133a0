import type { Family } from './rollups.ts';

/** The day of a moment of a deal `d`, in the session's zone. */
export const day = (column: string): string => `date_trunc('day', d.${column}) as ${column}`;

/** The whole microseconds of an interval between two moments. */
export const span = (interval: string): string => `round(date_part('epoch', ${interval}) * 1e6)::bigint`;

/** What is summed up of a deal `d`; by probability only those that are open are ever asked for. */
const dealSums = `1 as n_sum, d.amount as amount_sum, d.amount - coalesce(d.cost, 0) as profit_sum,
  (d.amount is not null)::int as amount_n_sum, (d.cost is null)::int as costless_n_sum,
  ${span('d.closed_at - d.created_at')} as cycle_sum, (d.closed_at - d.created_at is not null)::int as cycle_n_sum,
  ${span('d.first_response_at - d.created_at')} as response_sum,
  (d.first_response_at - d.created_at is not null)::int as response_n_sum,
  (d.first_response_at - d.created_at > (select core.response_limit()))::int as answered_late_sum,
  case when d.status = 'open' then d.amount * d.probability end as weighted_sum,
  (d.status = 'open' and d.amount * d.probability is not null)::int as weighted_n_sum,
  case when d.status = 'open' and d.probability is null then d.amount end as unweighted_sum,
  (d.status = 'open' and d.probability is null and d.amount is not null)::int as unweighted_n_sum,
  (d.first_response_at is null)::int as unanswered_n_sum`;
const spansOfDeals = ['cycle_sum', 'response_sum'];
const countsOfDeals = {
  n_sum: null,
  amount_sum: 'amount_n_sum',
  profit_sum: 'amount_n_sum',
  amount_n_sum: null,
  costless_n_sum: null,
  cycle_sum: 'cycle_n_sum',
  cycle_n_sum: null,
  response_sum: 'response_n_sum',
  response_n_sum: null,
  answered_late_sum: 'response_n_sum',
  weighted_sum: 'weighted_n_sum',
  weighted_n_sum: null,
  unweighted_sum: 'unweighted_n_sum',
  unweighted_n_sum: null,
  unanswered_n_sum: null,
};
const isLive = 'not d.is_deleted and not d.is_test';

const client = ['segment', 'region', 'industry'];
const of = (alias: string): string => client.map((column) => `${alias}.${column}`).join(', ');

const profiles = 'left join core.kept_profiles p on p.customer_key = d.customer_key';

const dealColumns = `${day('created_at')}, ${day('closed_at')}, d.owner_key, d.stage_key, d.status, d.campaign_key,
  d.product_key, d.lost_reason, d.source, ${dealSums}`;

/** By when deals were created they are asked for late answers too, and those age by their source. */
export const deals: Family = {
  cube: 'deal_facts',
  rows: `select d.sign, ${dealColumns} from changed_deals d where ${isLive}`,
  whole: `select ${of('p')}, ${dealColumns} from core.fct_deals d ${profiles} where ${isLive}`,
  after: ['customers'],
  sums: countsOfDeals,
  spans: spansOfDeals,
  cuts: {
    owner_campaign: ['owner_key', 'campaign_key', 'stage_key', 'status'],
    owner_product: ['owner_key', 'product_key', 'stage_key', 'status'],
    created_owner: ['created_at', 'owner_key', 'stage_key', 'status', 'source'],
    owner: ['owner_key', 'stage_key', 'status'],
    created_campaign: ['created_at', 'campaign_key', 'status', 'source'],
    created_product: ['created_at', 'product_key', 'status', 'source'],
    closed_owner: ['closed_at', 'owner_key', 'stage_key', 'status'],
    closed_campaign: ['closed_at', 'campaign_key', 'status'],
    closed_product: ['closed_at', 'product_key', 'status'],
    closed_reason: ['closed_at', 'lost_reason', 'stage_key', 'status'],
  },
};

/** What is summed up of a step `d` through the funnel. */
const stepSums = `1 as n_sum, d.is_passed::int as passed_sum, d.is_lost_here::int as lost_sum,
  case when d.is_lost_here then d.amount else 0 end as lost_amount_sum,
  (not d.is_lost_here or d.amount is not null)::int as lost_amount_n_sum,
  d.amount as amount_sum, (d.amount is not null)::int as amount_n_sum, d.days as days_sum,
  (d.days is not null)::int as days_n_sum, (d.is_passed and d.days is not null)::int as timed_n_sum`;
const countsOfSteps = {
  n_sum: null,
  passed_sum: null,
  lost_sum: null,
  lost_amount_sum: 'lost_amount_n_sum',
  lost_amount_n_sum: null,
  amount_sum: 'amount_n_sum',
  amount_n_sum: null,
  days_sum: 'days_n_sum',
  days_n_sum: null,
  timed_n_sum: null,
};
const stepColumns = `${day('created_at')}, ${day('closed_at')}, d.owner_key, d.stage_key, d.campaign_key, d.status,
  d.lost_reason, d.source, d.is_current, case when d.is_current then d.entered_at end as waiting_since, ${stepSums}`;

export const steps: Family = {
  cube: 'funnel_steps',
  rows: `select d.sign, ${stepColumns} from changed_funnel d`,
  whole: `select ${of('p')}, ${stepColumns} from core.fct_funnel d ${profiles}`,
  after: ['funnel', 'customers'],
  sums: countsOfSteps,
  cuts: {
    // a deal that waits ages until it moves on, so its moment is kept; of those gone only the days are
    owner: ['owner_key', 'stage_key', 'status', 'source', 'is_current', 'waiting_since'],
    created_owner: ['created_at', 'owner_key', 'stage_key', 'source', 'waiting_since'],
    created_campaign: ['created_at', 'campaign_key', 'stage_key'],
    closed_owner: ['closed_at', 'owner_key', 'stage_key'],
    closed_campaign: ['closed_at', 'campaign_key', 'stage_key'],
    closed_reason: ['closed_at', 'lost_reason', 'stage_key'],
  },
};

/**
 * Customers whose place has changed, each with what it was and what it is. Who is known only now, or no more, comes from
 * nowhere or goes there.
 */
const moved = `
  select customer_key,
    ${client.map((column) => `max(${column}) filter (where sign < 0) as was_${column}, max(${column}) filter (where sign > 0) as ${column}`).join(', ')}
  from (
    select customer_key, ${client.join(', ')}, sum(sign) as sign from changed_profiles
    group by customer_key, ${client.join(', ')} having sum(sign) <> 0
  ) p
  group by customer_key`;

/**
 * What changes rows of deals or steps that have what their customers are: the rows themselves, where their customers were,
 * and then all rows of the customers that have moved, taken off there and put on where they are.
 * @param ofMoved the rows `d` of the customers `m`
 */
function changesByClient(changes: string, ofMoved: string, columns: string, where: string): string {
  const was = client.map(
    (column) => `case when m.customer_key is null then p.${column} else m.was_${column} end as ${column}`,
  );
  return `with moved as materialized (${moved})
    select d.sign, ${was.join(', ')}, ${columns}
    from ${changes} d left join moved m on m.customer_key = d.customer_key ${profiles} where ${where}
    union all
    select v.*, ${columns} from moved m ${ofMoved}
    cross join lateral (
      values (-1::smallint, ${client.map((column) => `m.was_${column}`).join(', ')}), (1::smallint, ${of('m')})
    ) v(sign, ${client.join(', ')}) where ${where}`;
}

export const dealsByClient: Family = {
  name: 'deals by client',
  cube: 'deal_facts',
  rows: changesByClient('changed_deals', 'join core.fct_deals d using (customer_key)', dealColumns, isLive),
  within: deals,
  sums: countsOfDeals,
  spans: spansOfDeals,
  cuts: {
    owner_region: ['owner_key', 'segment', 'region', 'stage_key', 'status'],
    created_region: ['created_at', 'segment', 'region', 'stage_key', 'status', 'source'],
    created_industry: ['created_at', 'segment', 'industry', 'status', 'source'],
    industry: ['segment', 'industry', 'status'],
    closed_region: ['closed_at', 'segment', 'region', 'stage_key', 'status'],
    closed_industry: ['closed_at', 'segment', 'industry', 'status'],
  },
};

export const stepsByClient: Family = {
  name: 'steps by client',
  cube: 'funnel_steps',
  rows: changesByClient(
    'changed_funnel',
    'join core.fct_deals o using (customer_key) join core.fct_funnel d on d.deal_key = o.deal_key',
    stepColumns,
    'true',
  ),
  within: steps,
  sums: countsOfSteps,
  cuts: {
    created_region: ['created_at', 'segment', 'region', 'stage_key'],
    closed_region: ['closed_at', 'segment', 'region', 'stage_key'],
  },
};

const zone = `(select value #>> '{}' from core.settings where key = 'derived.zone')`;
const limit = '(select core.response_limit())';
/** However long a day is where clocks change. */
const aDay = `interval '25 hours'`;

/**
 * Late first responses by the day of creation. Deals that nobody has answered are all late or none is where their whole day
 * is on one side of the limit; those of the day in between are read one by one.
 */
const late = (by: string, keys: string[], join = ''): string => `
  create view rollup.deal_facts__created_${by}_late as
  select t.created_at, ${keys.map((key) => `t.${key}`).join(', ')}, t.n_sum, t.response_sum, t.response_n_sum,
    coalesce(t.answered_late_sum, 0)
      + case when t.created_at + ${aDay} + ${limit} <= coalesce(s.fresh_at, now()) then t.unanswered_n_sum else 0 end as late_n_sum
  from rollup.deal_facts__created_${by} t left join ops.sources s on s.source = t.source
  union all
  select date_trunc('day', d.created_at, ${zone}), ${keys.join(', ')}, 0, null, 0, 1
  from (select source as name, coalesce(fresh_at, now()) - ${limit} as due from ops.sources) s
  join core.fct_deals d on d.source = s.name and d.created_at < s.due and d.created_at > s.due - ${aDay} ${join}
  where d.first_response_at is null and ${isLive} and date_trunc('day', d.created_at, ${zone}) + ${aDay} > s.due`;

const joinClient = 'left join core.kept_profiles p using (customer_key)';
export const lateViews = [
  late('owner', ['owner_key', 'stage_key', 'status']),
  late('campaign', ['campaign_key', 'status']),
  late('product', ['product_key', 'status']),
  late('region', ['segment', 'region', 'stage_key', 'status'], joinClient),
  late('industry', ['segment', 'industry', 'status'], joinClient),
];
