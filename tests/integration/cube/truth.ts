/**
 * What each view should answer, in SQL written from the thesaurus and not from the model.
 * `rows` is the table of facts, `measures` are aggregates over it, `dimensions` and `times` are columns of it.
 */
export type Truth = {
  rows: string;
  measures: Record<string, string>;
  dimensions: Record<string, string>;
  times: Record<string, string>;
  /** columns by which rights are cut */
  team?: string;
  employee?: string;
  /** what every question has to say */
  filters?: { member: string; operator: string; values: string[] }[];
};

const now = `timestamptz '2025-04-10 09:00Z'`;
const days = (from: string, to: string) => `extract(epoch from ${to} - ${from}) / 86400`;
const people = (key: string) =>
  `left join core.dim_employees e on e.employee_key = ${key} left join core.dim_teams t on t.team_key = e.team_key`;
const stageWinRate = `(select count(*) filter (where w.status = 'won')::numeric / nullif(count(*) filter (where w.status <> 'open'), 0)
  from core.fct_funnel f join core.fct_deals w using (deal_key)
  where f.stage_key = d.stage_key and not w.is_test and not w.is_deleted)`;

const sales: Truth = {
  rows: `select d.*, coalesce(d.probability, ${stageWinRate}) as chance, e.name as owner_name, e.team_key, t.name as team_name,
      c.name as customer_name, coalesce(cf.segment, case when c.name is not null then 'occasional' end) as segment, c.region, c.industry,
      p.name as product_name, p.category, s.name as stage_name, s.pipeline, s.pipeline_kind, s.position,
      coalesce(a.channel, 'unknown') as channel, a.name as campaign_name, a.traffic_source
    from core.fct_deals d ${people('d.owner_key')}
    left join core.dim_customers c on c.customer_key = d.customer_key
    left join core.customer_facts cf on cf.customer_key = d.customer_key
    left join core.dim_products p on p.product_key = d.product_key
    left join core.dim_stages s on s.stage_key = d.stage_key
    left join core.dim_campaigns a on a.campaign_key = d.campaign_key
    where not d.is_test and not d.is_deleted`,
  measures: {
    deals: 'count(*)',
    deals_open: `count(*) filter (where status = 'open')`,
    deals_won: `count(*) filter (where status = 'won')`,
    deals_lost: `count(*) filter (where status = 'lost')`,
    buyers: `count(distinct coalesce('customer ' || customer_key, 'deal ' || deal_key)) filter (where status = 'won')`,
    won_amount: `sum(case status when 'won' then amount else 0 end)`,
    lost_amount: `sum(case status when 'lost' then amount else 0 end)`,
    open_amount: `sum(case status when 'open' then amount else 0 end)`,
    gross_profit: `sum(case status when 'won' then amount - coalesce(cost, 0) else 0 end)`,
    deals_without_cost: `count(*) filter (where status = 'won' and cost is null)`,
    margin: `sum(amount - coalesce(cost, 0)) filter (where status = 'won') / nullif(sum(amount) filter (where status = 'won'), 0)`,
    average_deal: `sum(case status when 'won' then amount else 0 end) / nullif(count(*) filter (where status = 'won'), 0)`,
    win_rate: `count(*) filter (where status = 'won')::numeric / nullif(count(*) filter (where status <> 'open'), 0)`,
    conversion: `count(*) filter (where status = 'won')::numeric / count(*)`,
    cycle_days: `avg(${days('created_at', 'closed_at')}) filter (where status = 'won')`,
    cycle_days_median: `percentile_cont(0.5) within group (order by ${days('created_at', 'closed_at')}) filter (where status = 'won')`,
    first_response_minutes: `avg(extract(epoch from first_response_at - created_at) / 60)`,
    first_response_minutes_median: `percentile_cont(0.5) within group (order by extract(epoch from first_response_at - created_at) / 60)`,
    unprocessed: `count(*) filter (where status = 'open' and position = 1 and (owner_key is null or first_response_at is null))`,
    sla_breaches: `count(*) filter (where first_response_at > created_at + interval '6 hours'
      or (first_response_at is null and ${now} > created_at + interval '6 hours'))`,
    weighted_amount: `sum(case status when 'open' then amount * chance else 0 end)`,
    velocity: `count(*) filter (where status = 'open')
      * (count(*) filter (where status = 'won')::numeric / nullif(count(*) filter (where status <> 'open'), 0))
      * (sum(case status when 'won' then amount else 0 end) / nullif(count(*) filter (where status = 'won'), 0))
      / nullif(avg(${days('created_at', 'closed_at')}) filter (where status = 'won'), 0)`,
  },
  dimensions: {
    status: 'status',
    owner: 'owner_name',
    owner_id: 'owner_id',
    team: 'team_name',
    customer: 'customer_name',
    customer_id: 'customer_id',
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
    deal_id: 'source_id',
  },
  times: { created_at: 'created_at', closed_at: 'closed_at', expected_close_at: 'expected_close_at' },
  team: 'team_key',
  employee: 'owner_key',
};

const stepRows = `select d.*, e.name as owner_name, e.team_key, s.name as stage_name, s.position, s.pipeline,
    coalesce(a.channel, 'unknown') as channel, f.is_passed, f.is_current, f.is_lost_here, s.norm_days, s.reference_conversion,
    case when f.is_current then ${days('f.entered_at', now)} else f.days end as stay,
    (select percentile_cont(0.9) within group (order by g.days) from core.fct_funnel g join core.fct_deals x using (deal_key)
     where g.stage_key = f.stage_key and g.is_passed and not x.is_test and not x.is_deleted) as usual
  from core.fct_funnel f join core.fct_deals d using (deal_key) join core.dim_stages s on s.stage_key = f.stage_key
  ${people('d.owner_key')} left join core.dim_campaigns a on a.campaign_key = d.campaign_key
  where not d.is_test and not d.is_deleted`;

const funnel: Truth = {
  rows: stepRows,
  measures: {
    entered: 'count(*)',
    passed: 'count(*) filter (where is_passed)',
    step_conversion: 'count(*) filter (where is_passed)::numeric / count(*)',
    days_in_stage: 'avg(stay)',
    days_in_stage_median: 'percentile_cont(0.5) within group (order by stay)',
    stuck: `count(*) filter (where is_current and status = 'open' and stay > coalesce(norm_days, usual))`,
    stuck_amount: `sum(amount) filter (where is_current and status = 'open' and stay > coalesce(norm_days, usual))`,
    lost_here: 'count(*) filter (where is_lost_here)',
    lost_amount_here: 'sum(case when is_lost_here then amount else 0 end)',
    reference_conversion: 'avg(reference_conversion)',
  },
  dimensions: {
    stage: 'stage_name',
    stage_position: 'position',
    pipeline: 'pipeline',
    owner: 'owner_name',
    channel: 'channel',
  },
  times: { created_at: 'created_at', closed_at: 'closed_at' },
  team: 'team_key',
  employee: 'owner_key',
};

const service: Truth = {
  rows: `select q.*, e.name as employee_name, e.team_key, t.name as team_name, c.name as customer_name,
      coalesce(cf.segment, 'occasional') as segment, p.name as product_name
    from core.fct_complaints q ${people('q.employee_key')}
    left join core.dim_customers c on c.customer_key = q.customer_key
    left join core.customer_facts cf on cf.customer_key = q.customer_key
    left join core.dim_products p on p.product_key = q.product_key
    where not q.is_deleted`,
  measures: {
    complaints: 'count(*)',
    open: `count(*) filter (where status not in ('resolved', 'rejected'))`,
    resolved: `count(*) filter (where status = 'resolved')`,
    overdue: `count(*) filter (where status not in ('resolved', 'rejected') and due_at < ${now})`,
    first_response_hours: 'avg(extract(epoch from first_response_at - opened_at) / 3600)',
    resolution_hours: 'avg(extract(epoch from resolved_at - opened_at) / 3600)',
    resolution_hours_median:
      'percentile_cont(0.5) within group (order by extract(epoch from resolved_at - opened_at) / 3600)',
    first_response_hours_median:
      'percentile_cont(0.5) within group (order by extract(epoch from first_response_at - opened_at) / 3600)',
    unanswered: `count(*) filter (where status not in ('resolved', 'rejected') and first_response_at is null)`,
  },
  dimensions: {
    status: 'status',
    cause: 'cause',
    severity: 'severity',
    channel: 'channel',
    complaint_id: 'source_id',
    employee: 'employee_name',
    team: 'team_name',
    customer: 'customer_name',
    segment: 'segment',
    product: 'product_name',
  },
  times: { opened_at: 'opened_at', resolved_at: 'resolved_at' },
  team: 'team_key',
  employee: 'employee_key',
};

const nps: Truth = {
  rows: `select r.*, e.name as employee_name, e.team_key, t.name as team_name, c.name as customer_name,
      coalesce(cf.segment, 'occasional') as segment
    from core.fct_survey_responses r ${people('r.employee_key')}
    left join core.dim_customers c on c.customer_key = r.customer_key
    left join core.customer_facts cf on cf.customer_key = r.customer_key
    where not r.is_deleted`,
  measures: {
    responses: 'count(*)',
    promoters: 'count(*) filter (where score in (9, 10))',
    passives: 'count(*) filter (where score in (7, 8))',
    detractors: 'count(*) filter (where score <= 6)',
    nps: '100.0 * (count(*) filter (where score in (9, 10)) - count(*) filter (where score <= 6)) / count(*)',
    average_score: 'avg(score)',
  },
  dimensions: {
    survey: 'survey',
    score: 'score',
    employee: 'employee_name',
    team: 'team_name',
    customer: 'customer_name',
    segment: 'segment',
  },
  times: { answered_at: 'answered_at' },
  team: 'team_key',
  employee: 'employee_key',
};

const calls: Truth = {
  rows: `select k.*, e.name as employee_name, e.team_key, t.name as team_name, c.name as customer_name, a.name as campaign_name,
      k.direction = 'in' and k.disposition <> 'answered' as is_missed,
      (select min(b.started_at) from core.fct_calls b where b.phone = k.phone and b.direction = 'out' and not b.is_deleted
       and b.started_at > k.started_at) as called_back_at
    from core.fct_calls k ${people('k.employee_key')}
    left join core.dim_customers c on c.customer_key = k.customer_key
    left join core.dim_campaigns a on a.campaign_key = k.campaign_key
    where not k.is_deleted`,
  measures: {
    calls: 'count(*)',
    inbound: `count(*) filter (where direction = 'in')`,
    outbound: `count(*) filter (where direction = 'out')`,
    answered: `count(*) filter (where disposition = 'answered')`,
    missed: 'count(*) filter (where is_missed)',
    missed_rate: `count(*) filter (where is_missed)::numeric / nullif(count(*) filter (where direction = 'in'), 0)`,
    talk_minutes: 'sum(talk_s) / 60',
    talk_seconds_average: `avg(talk_s) filter (where disposition = 'answered')`,
    wait_seconds_average: 'avg(wait_s)',
    service_level: `count(*) filter (where direction = 'in' and disposition = 'answered' and wait_s <= 15)::numeric
      / nullif(count(*) filter (where direction = 'in'), 0)`,
    missed_unreturned: `count(*) filter (where is_missed and (called_back_at is null or called_back_at > started_at + interval '3 hours'))`,
  },
  dimensions: {
    direction: 'direction',
    disposition: 'disposition',
    employee: 'employee_name',
    team: 'team_name',
    customer: 'customer_name',
    campaign: 'campaign_name',
    hour: `extract(hour from started_at at time zone 'UTC')`,
    weekday: `extract(isodow from started_at at time zone 'UTC')`,
  },
  times: { started_at: 'started_at' },
  team: 'team_key',
  employee: 'employee_key',
};

const customers: Truth = {
  rows: `select c.*, coalesce(f.segment, 'occasional') as segment, f.abc, coalesce(f.xyz, 'n/a') as xyz,
      coalesce(f.bcg, 'n/a') as bcg, coalesce(f.won_deals, 0) as won, f.revenue, f.gross_profit,
      f.first_purchase_at, f.last_purchase_at, coalesce(f.is_churned, false) as is_churned,
      coalesce(f.is_contact_overdue, false) as is_late, e.name as owner_name, e.team_key,
      coalesce(f.revenue_year, 0) as revenue_year, coalesce(f.revenue_before, 0) as revenue_before,
      (select count(*) from core.fct_complaints k where k.customer_key = c.customer_key and not k.is_deleted) as complaints,
      coalesce(f.won_deals > 2 and not f.is_churned and now() - f.last_purchase_at > interval '30 days'
        and now() - f.last_purchase_at > 1.5 * (f.last_purchase_at - f.first_purchase_at) / (f.won_deals - 1), false) as is_risk
    from core.dim_customers c left join core.customer_facts f using (customer_key) ${people('c.owner_key')}
    where not c.is_deleted`,
  measures: {
    customers: 'count(*)',
    paying: 'count(*) filter (where won > 0)',
    new: 'count(*) filter (where won > 0 and first_purchase_at is not null)',
    repeat: 'count(*) filter (where won > 1)',
    repeat_rate: 'count(*) filter (where won > 1)::numeric / nullif(count(*) filter (where won > 0), 0)',
    ltv: 'sum(gross_profit) / nullif(count(*) filter (where won > 0), 0)',
    ltv_revenue: 'sum(revenue) / nullif(count(*) filter (where won > 0), 0)',
    churned: 'count(*) filter (where won > 0 and is_churned)',
    churn_rate:
      'count(*) filter (where won > 0 and is_churned)::numeric / nullif(count(*) filter (where won > 0), 0)',
    contact_overdue: 'count(*) filter (where is_late)',
    contact_overdue_amount: 'sum(revenue_year) filter (where is_late)',
    revenue_year: 'sum(revenue_year)',
    revenue_before: 'sum(revenue_before)',
    purchases: 'sum(won)',
    churned_revenue: 'sum(revenue_before) filter (where is_churned)',
    at_risk: 'count(*) filter (where is_risk)',
    at_risk_amount: 'sum(revenue_year) filter (where is_risk)',
  },
  dimensions: {
    customer_id: 'source_id',
    name: 'name',
    segment: 'segment',
    abc: 'abc',
    xyz: 'xyz',
    bcg: 'bcg',
    region: 'region',
    industry: 'industry',
    owner: 'owner_name',
    is_contact_overdue: 'is_late',
    is_churned: 'is_churned',
    is_at_risk: 'is_risk',
    complaints_made: `case when complaints > 2 then '3+' else complaints::text end`,
  },
  times: { first_purchase_at: 'first_purchase_at', last_purchase_at: 'last_purchase_at' },
  team: 'team_key',
  employee: 'owner_key',
};

const plan_fact: Truth = {
  rows: `select p.*, case scope_kind when 'team' then scope_key when 'employee' then e.team_key end as team,
      case scope_kind when 'employee' then scope_key end as employee, month::timestamp at time zone 'UTC' as month_at
    from core.fct_plan_fact p left join core.dim_employees e on p.scope_kind = 'employee' and e.employee_key = p.scope_key
    where metric = 'won_amount' and scope_kind = 'employee'`,
  filters: [
    { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
    { member: 'plan_fact.scope_kind', operator: 'equals', values: ['employee'] },
  ],
  measures: {
    plan: 'sum(plan)',
    fact: 'sum(fact)',
    completion: 'sum(fact) / sum(plan)',
    expected: 'sum(plan * elapsed_workdays / workdays)',
    pace: 'sum(fact) / nullif(sum(plan * elapsed_workdays / workdays), 0)',
    forecast: 'sum(case when elapsed_workdays > 0 then fact / (elapsed_workdays::numeric / workdays) end)',
    gap: 'sum(fact) - sum(plan)',
  },
  dimensions: { scope: 'scope', metric: 'metric', scope_kind: 'scope_kind' },
  times: { month: 'month_at' },
  team: 'team',
  employee: 'employee',
};

export const truths: Record<string, Truth> = { sales, funnel, service, nps, calls, customers, plan_fact };
