-- One row per customer and month with a won deal, and their sums by cohort: what the customers in scope gave before is
-- taken off, what they give now is put on. A won deal without a closing day is in no month.
create temp table months_now on commit drop as
select m.*, min(m.month) over (partition by m.customer_key) as cohort
from (
  select c.customer_key, c.owner_key, date_trunc('month', d.closed_at at time zone p.zone)::date as month,
    coalesce(sum(d.amount), 0) as revenue, coalesce(sum(d.amount - coalesce(d.cost, 0)), 0) as gross_profit
  from customer_scope s
  join core.customers c on c.customer_key = s.customer_key
  join core.fct_deals d on d.customer_key = s.customer_key, period p
  where d.status = 'won' and d.closed_at is not null and not d.is_test and not d.is_deleted and not c.is_deleted
  group by 1, 2, 3
) m;
analyze months_now;

create temp table cohort_changes on commit drop as
select cohort, owner_key, core.months_between(cohort, month) as months_since,
  sum(sign) as active, sum(sign * revenue) as revenue, sum(sign * gross_profit) as gross_profit
from (
  select -1 as sign, m.cohort, m.owner_key, m.month, m.revenue, m.gross_profit
  from customer_scope s join core.customer_months m using (customer_key)
  union all
  select 1, cohort, owner_key, month, revenue, gross_profit from months_now
) m
group by 1, 2, 3
having sum(sign) <> 0 or sum(sign * revenue) <> 0 or sum(sign * gross_profit) <> 0;

insert into core.cohort_months as c (cohort, owner_key, months_since, active, revenue, gross_profit)
select cohort, owner_key, months_since, active, revenue, gross_profit from cohort_changes
on conflict (cohort, owner_key, months_since) do update set active = c.active + excluded.active,
  revenue = c.revenue + excluded.revenue, gross_profit = c.gross_profit + excluded.gross_profit;
delete from core.cohort_months where active = 0;

delete from core.customer_months m using customer_scope s
where m.customer_key = s.customer_key and not exists (
  select from months_now n where n.customer_key = m.customer_key and n.month = m.month
);
update core.customer_months m
set cohort = n.cohort, owner_key = n.owner_key, revenue = n.revenue, gross_profit = n.gross_profit
from months_now n
where n.customer_key = m.customer_key and n.month = m.month
  and (m.cohort, m.owner_key, m.revenue, m.gross_profit) is distinct from (n.cohort, n.owner_key, n.revenue, n.gross_profit);
insert into core.customer_months (customer_key, month, cohort, owner_key, revenue, gross_profit)
select customer_key, month, cohort, owner_key, revenue, gross_profit from months_now n
where not exists (select from core.customer_months m where m.customer_key = n.customer_key and m.month = n.month);
drop table months_now;
