/** A question of a twelve-tile page: as Pulse asks it, by hand over the facts, and by hand of the best table there is. */
export type Tile = {
  name: string;
  query(range: [string, string]): Record<string, unknown>;
  /** the measure of which the sums are compared */
  measure: string;
  /** `$1` and `$2` are the first moment and the one after the last; columns: `k` what it is cut by, `v` the value */
  facts: string;
  best: string;
};

export const timezone = 'Europe/Moscow';
const owner = 'join core.employees e on e.employee_key = d.owner_key';
const team = `${owner} join core.dim_teams t on t.team_key = e.team_key`;
const live = 'not d.is_test and not d.is_deleted';
const won = `from core.fct_deals d`;
const within = (column: string): string => `${column} >= $1 and ${column} < $2`;

function tile(
  name: string,
  { measure, time, cut, grain }: { measure: string; time: string; cut?: string; grain?: string },
  facts: string,
  best: string,
  filters: object[] = [],
): Tile {
  const view = measure.split('.')[0];
  return {
    name,
    measure,
    facts,
    best,
    query: (dateRange) => ({
      measures: [measure],
      ...(cut ? { dimensions: [`${view}.${cut}`] } : {}),
      timeDimensions: [{ dimension: `${view}.${time}`, dateRange, ...(grain ? { granularity: grain } : {}) }],
      ...(filters.length ? { filters } : {}),
      timezone,
    }),
  };
}

const day = (column: string): string => `date_trunc('day', ${column}, '${timezone}')`;

export const tiles: Tile[] = [
  tile(
    'revenue',
    { measure: 'sales.won_amount', time: 'closed_at' },
    `select 1 as k, sum(amount) as v ${won} where ${live} and status = 'won' and ${within('closed_at')}`,
    `select 1 as k, sum(amount_sum) as v from rollup.deal_facts__closed_reason where status = 'won' and ${within('closed_at')}`,
  ),
  tile(
    'revenue by day',
    { measure: 'sales.won_amount', time: 'closed_at', grain: 'day' },
    `select ${day('closed_at')} as k, sum(amount) as v ${won} where ${live} and status = 'won' and ${within('closed_at')} group by 1`,
    `select closed_at as k, sum(amount_sum) as v from rollup.deal_facts__closed_reason where status = 'won' and ${within('closed_at')} group by 1`,
  ),
  tile(
    'revenue by team',
    { measure: 'sales.won_amount', time: 'closed_at', cut: 'team' },
    `select t.name as k, sum(amount) as v ${won} ${team} where ${live} and status = 'won' and ${within('closed_at')} group by 1`,
    `select t.name as k, sum(amount_sum) as v from rollup.deal_facts__closed_owner d ${team} where status = 'won' and ${within('closed_at')} group by 1`,
  ),
  tile(
    'revenue by manager',
    { measure: 'sales.won_amount', time: 'closed_at', cut: 'owner' },
    `select e.name as k, sum(amount) as v ${won} ${owner} where ${live} and status = 'won' and ${within('closed_at')} group by 1`,
    `select e.name as k, sum(amount_sum) as v from rollup.deal_facts__closed_owner d ${owner} where status = 'won' and ${within('closed_at')} group by 1`,
  ),
  tile(
    'revenue by product',
    { measure: 'sales.won_amount', time: 'closed_at', cut: 'product' },
    `select p.name as k, sum(amount) as v ${won} join core.dim_products p using (product_key) where ${live} and status = 'won' and ${within('closed_at')} group by 1`,
    `select p.name as k, sum(amount_sum) as v from rollup.deal_facts__closed_product join core.dim_products p using (product_key) where status = 'won' and ${within('closed_at')} group by 1`,
  ),
  tile(
    'lost by reason',
    { measure: 'sales.lost_amount', time: 'closed_at', cut: 'lost_reason' },
    `select lost_reason as k, sum(amount) as v ${won} where ${live} and status = 'lost' and ${within('closed_at')} group by 1`,
    `select lost_reason as k, sum(amount_sum) as v from rollup.deal_facts__closed_reason where status = 'lost' and ${within('closed_at')} group by 1`,
    [{ member: 'sales.status', operator: 'equals', values: ['lost'] }],
  ),
  tile(
    'new deals by channel',
    { measure: 'sales.deals', time: 'created_at', cut: 'channel' },
    `select c.channel as k, count(*) as v ${won} join core.dim_campaigns c using (campaign_key) where ${live} and ${within('d.created_at')} group by 1`,
    `select c.channel as k, sum(n_sum) as v from rollup.deal_facts__created_campaign d join core.dim_campaigns c using (campaign_key) where ${within('d.created_at')} group by 1`,
  ),
  tile(
    'new deals by month',
    { measure: 'sales.deals', time: 'created_at', grain: 'month' },
    `select date_trunc('month', created_at, '${timezone}') as k, count(*) as v ${won} where ${live} and ${within('created_at')} group by 1`,
    `select date_trunc('month', created_at, '${timezone}') as k, sum(n_sum) as v from rollup.deal_facts__created_owner where ${within('created_at')} group by 1`,
  ),
  tile(
    'funnel',
    { measure: 'funnel.entered', time: 'created_at', cut: 'stage' },
    `select s.name as k, count(*) as v from core.fct_funnel f join core.dim_stages s using (stage_key) where ${within('f.created_at')} group by 1`,
    `select s.name as k, sum(n_sum) as v from rollup.funnel_steps__created_campaign f join core.dim_stages s using (stage_key) where ${within('f.created_at')} group by 1`,
  ),
  tile(
    'calls by day',
    { measure: 'calls.calls', time: 'started_at', grain: 'day' },
    `select ${day('started_at')} as k, count(*) as v from core.fct_calls where not is_deleted and ${within('started_at')} group by 1`,
    `select started_at as k, sum(n_sum) as v from rollup.call_facts__hour where ${within('started_at')} group by 1`,
  ),
  tile(
    'calls by manager',
    { measure: 'calls.calls', time: 'started_at', cut: 'employee' },
    `select e.name as k, count(*) as v from core.fct_calls c join core.employees e using (employee_key) where not c.is_deleted and ${within('started_at')} group by 1`,
    `select e.name as k, sum(n_sum) as v from rollup.call_facts__employee join core.employees e using (employee_key) where ${within('started_at')} group by 1`,
  ),
  tile(
    'complaints by cause',
    { measure: 'service.complaints', time: 'opened_at', cut: 'cause' },
    `select cause as k, count(*) as v from core.fct_complaints where not is_deleted and ${within('opened_at')} group by 1`,
    `select cause as k, sum(n_sum) as v from rollup.service_facts__opened_cause where kind = 'complaint' and ${within('opened_at')} group by 1`,
  ),
];
