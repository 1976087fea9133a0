import { campaigns, clients, days, limit, now, people, rightsOfOwner, segment, single } from './fact.ts';

/** The dimensions of a deal, and those of its step. */
const columns = `d.*, e.name as owner_name, e.team_key, t.name as team_name, c.name as customer_name,
  c.customer_key as client_key, ${segment} as segment, c.region, c.industry, p.name as product_name, p.category,
  coalesce(a.channel, 'unknown') as channel, a.name as campaign_name, a.traffic_source,
  s.name as stage_name, s.pipeline, s.pipeline_kind, s.position, s.norm_days,
  s.kind = 'open' and s.position is not null and not exists (select from core.dim_stages b where b.pipeline is not distinct from s.pipeline
    and b.kind = 'open' and b.position < s.position) as is_first, s.reference_conversion`;
const joins = (
  stage: string,
): string => `${people('d.owner_key')} ${clients('d.customer_key')} ${campaigns('d.campaign_key')}
  left join core.dim_products p on p.product_key = d.product_key
  left join core.dim_stages s on s.stage_key = ${stage}`;
const counted = 'not d.is_test and not d.is_deleted';
const dimensions = {
  deal_id: 'source_id',
  system: 'source',
  title: 'title',
  url: 'url',
  status: 'status',
  owner: 'owner_name',
  owner_id: 'owner_id',
  team: 'team_name',
  customer: 'customer_name',
  customer_id: 'customer_id',
  customer_key: 'client_key',
  segment: 'segment',
  region: 'region',
  industry: 'industry',
  product: 'product_name',
  product_category: 'category',
  stage: 'stage_name',
  pipeline: 'pipeline',
  pipeline_kind: 'pipeline_kind',
  channel: 'channel',
  campaign: 'campaign_name',
  source: 'traffic_source',
  lost_reason: 'lost_reason',
  is_unassigned: '(owner_key is null)',
};
const times = { created_at: 'created_at', closed_at: 'closed_at', expected_close_at: 'expected_close_at' };

const won = `filter (where status = 'won')`;
const closed = `filter (where status <> 'open')`;
const cycle = days('created_at', 'closed_at');
const response = 'extract(epoch from first_response_at - created_at) / 60';
const late = `created_at + make_interval(secs => 3600 * ${limit('first_response_hours', 24)})`;
const amount = (status: string): string => `sum(case status when '${status}' then amount else 0 end)`;

export const sales = single({
  rows: `select ${columns}, coalesce(d.probability, h.chance) as chance, ${now('d')} as now_at
    from core.fct_deals d ${joins('d.stage_key')}
    left join (
      select f.stage_key, count(*) filter (where w.status = 'won')::numeric
        / nullif(count(*) filter (where w.status <> 'open'), 0) as chance
      from core.fct_funnel f join core.fct_deals w using (deal_key)
      where not w.is_test and not w.is_deleted group by f.stage_key
    ) h on h.stage_key = d.stage_key
    where ${counted}`,
  sums: {
    deals: 'count(*)',
    deals_open: `count(*) filter (where status = 'open')`,
    deals_won: `count(*) ${won}`,
    deals_lost: `count(*) filter (where status = 'lost')`,
    buyers: `count(distinct coalesce('customer ' || customer_key, 'deal ' || deal_key)) ${won}`,
    won_amount: amount('won'),
    lost_amount: amount('lost'),
    open_amount: amount('open'),
    gross_profit: `sum(case status when 'won' then amount - coalesce(cost, 0) else 0 end)`,
    deals_without_cost: `count(*) filter (where status = 'won' and cost is null)`,
    margin: `sum(amount - coalesce(cost, 0)) ${won} / nullif(sum(amount) ${won}, 0)`,
    average_deal: `${amount('won')} / nullif(count(*) ${won}, 0)`,
    win_rate: `count(*) ${won}::numeric / nullif(count(*) ${closed}, 0)`,
    conversion: `count(*) ${won}::numeric / count(*)`,
    cycle_days: `avg(${cycle}) ${won}`,
    cycle_days_median: `percentile_cont(0.5) within group (order by ${cycle}) ${won}`,
    first_response_minutes: `avg(${response})`,
    first_response_minutes_median: `percentile_cont(0.5) within group (order by ${response})`,
    unprocessed: `count(*) filter (where status = 'open' and is_first and (owner_key is null or first_response_at is null))`,
    sla_breaches: `count(*) filter (where coalesce(first_response_at, now_at) > ${late})`,
    weighted_amount: `sum(case status when 'open' then amount * chance else 0 end)`,
    velocity: `count(*) filter (where status = 'open') * (count(*) ${won}::numeric / nullif(count(*) ${closed}, 0))
      * (${amount('won')} / nullif(count(*) ${won}, 0)) / nullif(avg(${cycle}) ${won}, 0)`,
  },
  dimensions,
  times,
  ...rightsOfOwner,
});

const stuck = `filter (where is_current and status = 'open' and stay > coalesce(norm_days, usual))`;

export const funnel = single({
  rows: `select ${columns}, f.is_passed, f.is_current, f.is_lost_here, h.usual,
      case when f.is_current then ${days('f.entered_at', now('f'))} else f.days end as stay,
      case when f.is_current then f.entered_at end as waiting_since
    from core.fct_funnel f join core.fct_deals d using (deal_key) ${joins('f.stage_key')}
    left join (
      select g.stage_key, percentile_cont(0.9) within group (order by g.days) as usual
      from core.fct_funnel g join core.fct_deals x using (deal_key)
      where g.is_passed and not x.is_test and not x.is_deleted group by g.stage_key
    ) h on h.stage_key = f.stage_key
    where ${counted}`,
  sums: {
    entered: 'count(*)',
    passed: 'count(*) filter (where is_passed)',
    step_conversion: 'count(*) filter (where is_passed)::numeric / count(*)',
    days_in_stage: 'avg(stay)',
    days_in_stage_median: 'percentile_cont(0.5) within group (order by stay)',
    stuck: `count(*) ${stuck}`,
    stuck_amount: `sum(amount) ${stuck}`,
    lost_here: 'count(*) filter (where is_lost_here)',
    lost_amount_here: 'sum(case when is_lost_here then amount else 0 end)',
    reference_conversion: 'avg(reference_conversion)',
  },
  dimensions: { ...dimensions, stage_position: 'position', is_current: 'is_current' },
  times: { ...times, waiting_since: 'waiting_since' },
  ...rightsOfOwner,
});
