-- One row per plan line with what has been reached. A scope is matched by the id or the name of its source.
-- Elapsed are the working days that ended before the day of this load.
delete from core.fct_plan_fact;
insert into core.fct_plan_fact
  (month, metric, scope_kind, scope, scope_key, plan, fact, workdays, elapsed_workdays)
with recursive plans as materialized (
  select p.month, regexp_replace(p.metric, '^.*\.', '') as metric, p.scope_kind, coalesce(s.name, p.scope) as scope, s.key,
    -- what was entered in the product comes before what a source says of the same
    case when bool_or(p.source = 'pulse_plans') then sum(p.target) filter (where p.source = 'pulse_plans')
      else sum(p.target) end as plan
  from core.fct_plans p
  left join lateral (
    select key, shown as name from (
      select 'team' as kind, team_key as key, name, source_id, name as shown from core.dim_teams
      union all select 'employee', e.employee_key, d.name, d.source_id, e.name
      from core.dim_employees d join core.employees e on e.employee_key = coalesce(d.same_as, d.employee_key)
      union all select 'product', product_key, name, source_id, name from core.dim_products
    ) d
    where d.kind = p.scope_kind and (lower(d.name) = lower(p.scope) or d.source_id = p.scope)
    order by lower(d.name) = lower(p.scope) desc, key limit 1
  ) s on true
  where not p.is_deleted
  group by 1, 2, 3, 4, 5
), team_scopes as (
  -- A team's plan is met by its sub-teams too. Union drops what a cycle of parents would repeat.
  select team_key, team_key as scope_key from core.dim_teams
  union
  select t.team_key, s.scope_key from core.dim_teams t join team_scopes s on s.team_key = t.parent_key
), counted as materialized (
  select * from core.month_facts where (metric, month) in (select metric, month from plans)
), facts as (
  select month, metric, 'company' as scope_kind, '' as scope, value as fact from counted where scope_kind = 'company'
  union all
  select month, metric, scope_kind, scope, value from counted where scope_kind in ('employee', 'product')
  union all
  select c.month, c.metric, 'team', s.scope_key::text, sum(c.value)
  from counted c
  join core.employees e on e.employee_key::text = c.scope
  join team_scopes s on s.team_key = e.team_key
  where c.scope_kind = 'employee' group by 1, 2, 4
  union all
  select c.month, c.metric, 'channel', coalesce(lower(k.channel), case when c.scope_kind = 'campaign' then 'unknown' else c.scope end),
    sum(c.value)
  from counted c left join core.dim_campaigns k on c.scope_kind = 'campaign' and k.campaign_key::text = c.scope
  where c.scope_kind in ('campaign', 'channel') group by 1, 2, 4
), days as (
  select m.month, count(*) filter (where c.is_workday) as workdays,
    count(*) filter (where c.is_workday and c.day < p.today) as elapsed
  from (select distinct month from plans) m
  join core.dim_calendar c on c.day >= m.month and c.day < m.month + interval '1 month', period p
  group by m.month
)
select p.month, p.metric, p.scope_kind, p.scope, p.key, p.plan,
  -- Nothing so far is zero, but only where the metric is counted at all and the month has begun.
  coalesce(f.fact, case when p.month <= (select today from period)
    and exists (select from core.month_facts m where m.metric = p.metric) then 0 end),
  days.workdays, days.elapsed
from plans p
join days on days.month = p.month
left join facts f on f.month = p.month and f.metric = p.metric and f.scope_kind = p.scope_kind
  and f.scope = case p.scope_kind when 'company' then '' when 'channel' then lower(p.scope) else p.key::text end;
