-- reads: plans, deals, calls, marketing_spend, complaints, survey_responses, invoices, payments, activities, calendar, teams, employees, products, campaigns
-- One row per plan line with what has been reached. A scope is matched by the id or the name of its source.
-- Elapsed are the working days that ended before the day of this load.
truncate core.fct_plan_fact;
insert into core.fct_plan_fact
  (month, metric, scope_kind, scope, scope_key, plan, fact, workdays, elapsed_workdays)
with recursive zone as (
  select value #>> '{}' as name, (now() at time zone (value #>> '{}'))::date as today
  from core.settings where key = 'reporting.timezone'
), plans as materialized (
  select p.month, regexp_replace(p.metric, '^.*\.', '') as metric, p.scope_kind, coalesce(s.name, p.scope) as scope, s.key,
    sum(p.target) as plan
  from core.fct_plans p
  left join lateral (
    select key, name from (
      select 'team' as kind, team_key as key, name, source_id from core.dim_teams
      union all select 'employee', employee_key, name, source_id from core.dim_employees
      union all select 'product', product_key, name, source_id from core.dim_products
    ) d
    where d.kind = p.scope_kind and (lower(d.name) = lower(p.scope) or d.source_id = p.scope)
    order by lower(d.name) = lower(p.scope) desc, key limit 1
  ) s on true
  where not p.is_deleted
  group by 1, 2, 3, 4, 5
), deals as (
  select d.*, e.team_key, c.channel
  from core.fct_deals d
  left join core.dim_employees e on e.employee_key = d.owner_key
  left join core.dim_campaigns c on c.campaign_key = d.campaign_key
  where not d.is_test and not d.is_deleted
), events as (
  select m.metric, d.created_at as at, m.value, d.owner_key as employee_key, d.team_key, d.product_key, coalesce(d.channel, 'unknown') as channel
  from deals d, lateral (values ('deals', 1::numeric), ('leads', 1)) m(metric, value)
  union all
  select m.metric, d.closed_at, m.value, d.owner_key, d.team_key, d.product_key, coalesce(d.channel, 'unknown')
  from deals d, lateral (values
    ('deals_won', case when d.status = 'won' then 1::numeric end), ('won', case when d.status = 'won' then 1 end),
    ('won_amount', case when d.status = 'won' then d.amount end), ('revenue', case when d.status = 'won' then d.amount end),
    ('gross_profit', case when d.status = 'won' then d.amount - coalesce(d.cost, 0) end),
    ('deals_lost', case when d.status = 'lost' then 1 end), ('lost_amount', case when d.status = 'lost' then d.amount end)
  ) m(metric, value)
  union all
  select m.metric, f.started_at, m.value, f.employee_key, e.team_key, null, null
  from core.fct_calls f left join core.dim_employees e on e.employee_key = f.employee_key, lateral (values
    ('calls', 1::numeric), ('inbound', case when f.direction = 'in' then 1 end),
    ('outbound', case when f.direction = 'out' then 1 end), ('answered', case when f.disposition = 'answered' then 1 end),
    ('missed', case when f.direction = 'in' and f.disposition <> 'answered' then 1 end),
    ('talk_minutes', case when f.disposition = 'answered' then f.talk_s / 60 end)
  ) m(metric, value)
  where not f.is_deleted
  union all
  select m.metric, f.created_at, 1, f.employee_key, e.team_key, null, null
  from core.fct_activities f left join core.dim_employees e on e.employee_key = f.employee_key,
    lateral (values ('emails', 'email'), ('meetings', 'meeting')) m(metric, kind)
  where not f.is_deleted and f.kind = m.kind
  union all
  select m.metric, f.day::timestamp at time zone zone.name, m.value, null, null, null, coalesce(c.channel, 'unknown')
  from core.fct_marketing_spend f left join core.dim_campaigns c on c.campaign_key = f.campaign_key, zone,
    lateral (values ('spend', f.cost), ('impressions', f.impressions), ('clicks', f.clicks)) m(metric, value)
  where not f.is_deleted
  union all
  select m.metric, m.at, 1, f.employee_key, e.team_key, f.product_key, f.channel
  from core.fct_complaints f left join core.dim_employees e on e.employee_key = f.employee_key,
    lateral (values ('complaints', f.opened_at), ('resolved', f.resolved_at)) m(metric, at)
  where not f.is_deleted
  union all
  select 'responses', f.answered_at, 1, f.employee_key, e.team_key, null, null
  from core.fct_survey_responses f left join core.dim_employees e on e.employee_key = f.employee_key
  where not f.is_deleted
  union all
  select 'invoiced', issued_at, amount, null, null, null, null from core.fct_invoices where not is_deleted
  union all
  select 'paid', paid_at, amount, null, null, null, null from core.fct_payments where not is_deleted
), months as materialized (
  select date_trunc('month', e.at at time zone zone.name)::date as month, e.metric, e.employee_key, e.team_key,
    e.product_key, e.channel, sum(e.value) as value
  from events e, zone
  where e.value is not null and e.at is not null and e.metric in (select metric from plans)
  group by 1, 2, 3, 4, 5, 6
), team_scopes as (
  -- A team's plan is met by its sub-teams too. Union drops what a cycle of parents would repeat.
  select team_key, team_key as scope_key from core.dim_teams
  union
  select t.team_key, s.scope_key from core.dim_teams t join team_scopes s on s.team_key = t.parent_key
), facts as (
  select m.month, m.metric, 'company' as scope_kind, null::bigint as scope_key, '' as scope, sum(m.value) as fact
  from months m group by 1, 2
  union all
  select m.month, m.metric, 'team', s.scope_key, '', sum(m.value)
  from months m join team_scopes s on s.team_key = m.team_key group by 1, 2, 4
  union all
  select m.month, m.metric, 'employee', m.employee_key, '', sum(m.value)
  from months m where m.employee_key is not null group by 1, 2, 4
  union all
  select m.month, m.metric, 'product', m.product_key, '', sum(m.value)
  from months m where m.product_key is not null group by 1, 2, 4
  union all
  select m.month, m.metric, 'channel', null, lower(m.channel), sum(m.value)
  from months m where m.channel is not null group by 1, 2, 5
), days as (
  select p.month, count(*) filter (where c.is_workday) as workdays,
    count(*) filter (where c.is_workday and c.day < zone.today) as elapsed
  from (select distinct month from plans) p
  join core.dim_calendar c on c.day >= p.month and c.day < p.month + interval '1 month', zone
  group by p.month
)
select p.month, p.metric, p.scope_kind, p.scope, p.key, p.plan,
  -- Nothing so far is zero, but only where the metric is counted at all and the month has begun.
  coalesce(f.fact, case when p.metric in (select metric from months) and p.month <= (select today from zone) then 0 end),
  days.workdays, days.elapsed
from plans p
join days on days.month = p.month
left join facts f on f.month = p.month and f.metric = p.metric and f.scope_kind = p.scope_kind
  and coalesce(f.scope_key, 0) = coalesce(p.key, 0)
  and f.scope = case p.scope_kind when 'channel' then lower(p.scope) else '' end;
