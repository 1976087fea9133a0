-- One row per metric that can be planned, month and scope: each changed record is taken off as it was and put on as it
-- is. First sums by month and all scopes at once, then one row per metric, then one per scope.
create temp table month_changes on commit drop as
with deals as (
  select sign, owner_key, product_key, campaign_key, status, amount, cost,
    date_trunc('month', created_at at time zone p.zone)::date as created_month,
    date_trunc('month', closed_at at time zone p.zone)::date as closed_month
  from changed_deals c, period p where not is_test and not is_deleted
), groups as (
  select m.metric, g.month, g.employee_key, g.product_key, g.campaign_key, null as channel, m.facts, m.value
  from (
    select created_month as month, owner_key as employee_key, product_key, coalesce(campaign_key, 0) as campaign_key,
      sum(sign) as deals
    from deals group by 1, 2, 3, 4
  ) g, lateral (values ('deals', g.deals, g.deals), ('leads', g.deals, g.deals)) m(metric, facts, value)
  union all
  select m.metric, g.month, g.employee_key, g.product_key, g.campaign_key, null, m.facts, m.value
  from (
    select closed_month as month, owner_key as employee_key, product_key, coalesce(campaign_key, 0) as campaign_key,
      sum(sign) filter (where status = 'won') as won, sum(sign) filter (where status = 'lost') as lost,
      sum(sign) filter (where status = 'won' and amount is not null) as won_valued,
      sum(sign) filter (where status = 'lost' and amount is not null) as lost_valued,
      sum(sign * amount) filter (where status = 'won') as won_amount,
      sum(sign * amount) filter (where status = 'lost') as lost_amount,
      sum(sign * (amount - coalesce(cost, 0))) filter (where status = 'won') as gross_profit
    from deals where status <> 'open' group by 1, 2, 3, 4
  ) g, lateral (values
    ('deals_won', g.won, g.won), ('won', g.won, g.won), ('deals_lost', g.lost, g.lost),
    ('won_amount', g.won_valued, g.won_amount), ('revenue', g.won_valued, g.won_amount),
    ('gross_profit', g.won_valued, g.gross_profit), ('lost_amount', g.lost_valued, g.lost_amount)
  ) m(metric, facts, value)
  union all
  select m.metric, g.month, g.employee_key, null, null, null, m.facts, m.value
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
