-- One row per metric that can be planned, month and scope: each changed record is taken off as it was and put on as it
-- is. Deals by each of their scopes; of all else first sums by month and all scopes at once, then one row per metric, then
-- one per scope.
create temp table month_changes on commit drop as
with deal_sums as materialized (
  select case when grouping(owner_key) = 0 then 'employee' when grouping(product_key) = 0 then 'product' else 'campaign' end
      as scope_kind,
    coalesce(owner_key, product_key, campaign_key)::text as scope, side, status, month,
    sum(sign) as n, sum(sign) filter (where amount is not null) as valued, sum(sign * amount) as amount,
    sum(sign * profit) as profit
  from (
    select c.sign, c.owner_key, c.product_key, coalesce(c.campaign_key, 0) as campaign_key, t.side, c.status,
      date_trunc('month', t.at at time zone p.zone)::date as month, c.amount, c.amount - coalesce(c.cost, 0) as profit
    from changed_deals c cross join lateral (values ('created', created_at), ('closed', closed_at)) t(side, at), period p
    where t.at is not null and not c.is_test and not c.is_deleted and not :is_whole
  ) d
  group by side, status, month, grouping sets ((owner_key), (product_key), (campaign_key))
  union all
  -- The rollups hold the same sums of all deals by day.
  select scope_kind, key::text, side, status, date_trunc('month', at at time zone p.zone)::date, sum(n_sum), sum(amount_n_sum),
    sum(amount_sum), sum(profit_sum)
  from (
    select 'employee' as scope_kind, owner_key as key, 'created' as side, created_at as at, status, n_sum, amount_n_sum,
      amount_sum, profit_sum from rollup.deal_facts__created_owner
    union all
    select 'product', product_key, 'created', created_at, status, n_sum, amount_n_sum, amount_sum, profit_sum
    from rollup.deal_facts__created_product
    union all
    select 'campaign', coalesce(campaign_key, 0), 'created', created_at, status, n_sum, amount_n_sum, amount_sum, profit_sum
    from rollup.deal_facts__created_campaign
    union all
    select 'employee', owner_key, 'closed', closed_at, status, n_sum, amount_n_sum, amount_sum, profit_sum
    from rollup.deal_facts__closed_owner
    union all
    select 'product', product_key, 'closed', closed_at, status, n_sum, amount_n_sum, amount_sum, profit_sum
    from rollup.deal_facts__closed_product
    union all
    select 'campaign', coalesce(campaign_key, 0), 'closed', closed_at, status, n_sum, amount_n_sum, amount_sum, profit_sum
    from rollup.deal_facts__closed_campaign
  ) s, period p
  where :is_whole
  group by 1, 2, 3, 4, 5
), deal_scopes as (
  select scope_kind, scope, side, status, month, n, valued, amount, profit from deal_sums where scope is not null
  union all
  select 'company', '', side, status, month, n, valued, amount, profit from deal_sums where scope_kind = 'employee'
), groups as (
  select m.metric, g.month, g.employee_key, null::bigint as product_key, null::bigint as campaign_key, null as channel,
    m.facts, m.value
  from (
    select date_trunc('month', started_at at time zone p.zone)::date as month, employee_key, sum(sign) as calls,
      sum(sign) filter (where direction = 'in') as inbound, sum(sign) filter (where direction = 'out') as outbound,
      sum(sign) filter (where disposition = 'answered') as answered,
      sum(sign) filter (where direction = 'in' and disposition <> 'answered') as missed,
      sum(sign) filter (where disposition = 'answered' and talk_s is not null) as timed,
      sum(sign * talk_s / 60) filter (where disposition = 'answered') as talk_minutes
    from changed_calls, period p where not is_deleted group by 1, 2
  ) g, lateral (values
    ('calls', g.calls, g.calls), ('inbound', g.inbound, g.inbound), ('outbound', g.outbound, g.outbound),
    ('answered', g.answered, g.answered), ('missed', g.missed, g.missed), ('talk_minutes', g.timed, g.talk_minutes)
  ) m(metric, facts, value)
  union all
  select m.metric, date_trunc('month', f.created_at at time zone p.zone)::date, f.employee_key, null, null, null,
    sum(sign), sum(sign)
  from changed_activities f join (values ('emails', 'email'), ('meetings', 'meeting')) m(metric, kind) using (kind), period p
  where not f.is_deleted group by 1, 2, 3
  union all
  select m.metric, g.month, null, null, g.campaign_key, null, m.facts, m.value
  from (
    select date_trunc('month', day)::date as month, coalesce(campaign_key, 0) as campaign_key,
      sum(sign) filter (where cost is not null) as priced, sum(sign * cost) as spend,
      sum(sign) filter (where impressions is not null) as shown, sum(sign * impressions) as impressions,
      sum(sign) filter (where clicks is not null) as followed, sum(sign * clicks) as clicks
    from changed_spend where not is_deleted group by 1, 2
  ) g, lateral (values
    ('spend', g.priced, g.spend), ('impressions', g.shown, g.impressions), ('clicks', g.followed, g.clicks)
  ) m(metric, facts, value)
  union all
  select m.metric, date_trunc('month', m.at at time zone p.zone)::date, f.employee_key, f.product_key, null,
    lower(f.channel), sum(sign), sum(sign)
  from changed_complaints f cross join lateral (values ('complaints', f.opened_at), ('resolved', f.resolved_at)) m(metric, at),
    period p
  where not f.is_deleted group by 1, 2, 3, 4, 6
  union all
  select 'responses', date_trunc('month', answered_at at time zone p.zone)::date, employee_key, null, null, null,
    sum(sign), sum(sign)
  from changed_responses, period p where not is_deleted group by 2, 3
  union all
  select 'invoiced', date_trunc('month', issued_at at time zone p.zone)::date, null, null, null, null,
    sum(sign) filter (where amount is not null), sum(sign * amount)
  from changed_invoices, period p where not is_deleted group by 2
  union all
  select 'paid', date_trunc('month', paid_at at time zone p.zone)::date, null, null, null, null,
    sum(sign) filter (where amount is not null), sum(sign * amount)
  from changed_payments, period p where not is_deleted group by 2
)
select m.metric, d.month, d.scope_kind, d.scope, sum(m.facts) as facts, sum(m.value) as value
from deal_scopes d, lateral (values
  ('created', null, 'deals', n, n), ('created', null, 'leads', n, n),
  ('closed', 'won', 'deals_won', n, n), ('closed', 'won', 'won', n, n), ('closed', 'lost', 'deals_lost', n, n),
  ('closed', 'won', 'won_amount', valued, amount), ('closed', 'won', 'revenue', valued, amount),
  ('closed', 'won', 'gross_profit', valued, profit), ('closed', 'lost', 'lost_amount', valued, amount)
) m(side, status, metric, facts, value)
where d.month is not null and m.side = d.side and (m.status is null or m.status = d.status) and m.facts is not null
group by 1, 2, 3, 4
having sum(m.facts) <> 0 or sum(m.value) <> 0
union all
select metric, month,
  case when grouping(employee_key) = 0 then 'employee' when grouping(product_key) = 0 then 'product'
    when grouping(campaign_key) = 0 then 'campaign' when grouping(channel) = 0 then 'channel' else 'company' end as scope_kind,
  coalesce(employee_key::text, product_key::text, campaign_key::text, channel, '') as scope,
  sum(facts) as facts, sum(value) as value
from groups
where month is not null and facts is not null
group by metric, month, grouping sets ((), (employee_key), (product_key), (campaign_key), (channel))
having (sum(facts) <> 0 or sum(value) <> 0)
  and (grouping(employee_key, product_key, campaign_key, channel) = 15
    or coalesce(employee_key::text, product_key::text, campaign_key::text, channel) is not null);

insert into core.month_facts as f (metric, month, scope_kind, scope, facts, value)
select metric, month, scope_kind, scope, facts, value from month_changes
on conflict (metric, month, scope_kind, scope) do update
  set facts = f.facts + excluded.facts, value = f.value + excluded.value;
delete from core.month_facts where facts = 0;
drop table month_changes;
