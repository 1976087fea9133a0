-- One row per customer. First what is each customer's own, for those in scope.
-- XYZ by the coefficient of variation of the trailing 12 full months: σ ≤ 0.1 μ is n Σx² ≤ 1.01 (Σx)², without a root
-- that would have to be rounded.
create temp table facts_now on commit drop as
select s.customer_key, coalesce(d.won_deals, 0) as won_deals, coalesce(d.open_deals, 0) as open_deals,
  coalesce(d.revenue, 0) as revenue, coalesce(d.gross_profit, 0) as gross_profit,
  coalesce(d.revenue_year, 0) as revenue_year, coalesce(d.revenue_before, 0) as revenue_before,
  d.first_purchase_at, d.last_purchase_at, greatest(
    (select max(k.started_at) from core.fct_calls k
      where k.customer_key = s.customer_key and k.disposition = 'answered' and not k.is_deleted),
    (select max(coalesce(a.done_at, a.created_at)) from core.fct_activities a
      where a.customer_key = s.customer_key and not a.is_deleted and (a.kind <> 'task' or a.done_at is not null))
  ) as last_contact_at, coalesce(x.xyz, 'n/a') as xyz
from customer_scope s
left join (
  select d.customer_key,
    count(*) filter (where status = 'won') as won_deals,
    count(*) filter (where status = 'open') as open_deals,
    sum(amount) filter (where status = 'won') as revenue,
    sum(amount - coalesce(cost, 0)) filter (where status = 'won') as gross_profit,
    sum(amount) filter (where status = 'won' and closed_at > p.now - interval '1 year') as revenue_year,
    sum(amount) filter (where status = 'won' and closed_at > p.now - interval '2 years'
      and closed_at <= p.now - interval '1 year') as revenue_before,
    min(closed_at) filter (where status = 'won') as first_purchase_at,
    max(closed_at) filter (where status = 'won') as last_purchase_at
  from (
    select * from core.fct_deals where :is_whole
    union all
    select d.* from core.fct_deals d join customer_scope s on s.customer_key = d.customer_key where not :is_whole
  ) d, period p
  where not is_test and not is_deleted
  group by d.customer_key
) d on d.customer_key = s.customer_key
left join (
  select m.customer_key,
    case
      when count(*) filter (where m.revenue > 0) < 3 or sum(m.revenue) <= 0 then 'n/a'
      when 12 * sum(m.revenue * m.revenue) <= 1.01 * sum(m.revenue) * sum(m.revenue) then 'X'
      when 12 * sum(m.revenue * m.revenue) <= 1.0625 * sum(m.revenue) * sum(m.revenue) then 'Y'
      else 'Z'
    end as xyz
  from core.customer_months m join customer_scope using (customer_key), period p
  where m.month >= p.month - interval '12 months' and m.month < p.month
  group by m.customer_key
) x on x.customer_key = s.customer_key;
analyze facts_now;

create temp table ranking_moves on commit drop as
select n.customer_key, n.revenue_year, n.revenue_before, coalesce(f.revenue_year, 0) as year_was,
  coalesce(f.revenue_before, 0) as before_was
from facts_now n left join core.customer_facts f using (customer_key)
where not :is_whole and (n.revenue_year, n.revenue_before, n.won_deals > 0)
  <> (coalesce(f.revenue_year, 0), coalesce(f.revenue_before, 0), coalesce(f.won_deals > 0, false));
analyze ranking_moves;

insert into core.customer_facts as f (customer_key, won_deals, open_deals, revenue, gross_profit, revenue_year, revenue_before,
  first_purchase_at, last_purchase_at, last_contact_at, xyz, segment, is_churned, is_contact_overdue)
select n.customer_key, n.won_deals, n.open_deals, n.revenue, n.gross_profit, n.revenue_year, n.revenue_before,
  n.first_purchase_at, n.last_purchase_at, n.last_contact_at, n.xyz, 'occasional', false, false
from facts_now n
on conflict (customer_key) do update set won_deals = excluded.won_deals, open_deals = excluded.open_deals,
  revenue = excluded.revenue, gross_profit = excluded.gross_profit, revenue_year = excluded.revenue_year,
  revenue_before = excluded.revenue_before, first_purchase_at = excluded.first_purchase_at,
  last_purchase_at = excluded.last_purchase_at, last_contact_at = excluded.last_contact_at, xyz = excluded.xyz
where (f.won_deals, f.open_deals, f.revenue, f.gross_profit, f.revenue_year, f.revenue_before, f.first_purchase_at,
    f.last_purchase_at, f.last_contact_at, f.xyz)
  is distinct from (excluded.won_deals, excluded.open_deals, excluded.revenue, excluded.gross_profit, excluded.revenue_year,
    excluded.revenue_before, excluded.first_purchase_at, excluded.last_purchase_at, excluded.last_contact_at, excluded.xyz);
drop table facts_now;
-- What has been emptied and filled since the last look would be taken for empty; a change leaves it nearly as it was.
do $$ begin
  if :is_whole then analyze core.customer_facts; end if;
end $$;
