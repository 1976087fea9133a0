-- reads: customers, deals, calls, activities
-- One row per month of first purchase, owner of the customers and month since, up to the running month: a month in
-- which nobody of a cohort bought is a row too, else retention would be taken of those alone who did. Months are those
-- of the reporting zone; a won deal without a closing day is in no month.
create temp table cohort_customers on commit drop as
select c.customer_key, c.owner_key,
  date_trunc('month', f.first_purchase_at at time zone (zone.value #>> '{}'))::date as cohort
from core.dim_customers c
join core.customer_facts f on f.customer_key = c.customer_key
join core.settings zone on zone.key = 'reporting.timezone'
where not c.is_deleted and f.first_purchase_at is not null;

create temp table cohort_sales on commit drop as
select c.cohort, c.owner_key, (extract(year from m.month) - extract(year from c.cohort)) * 12
    + extract(month from m.month) - extract(month from c.cohort) as months_since,
  count(distinct d.customer_key) as active, sum(d.amount) as revenue, sum(d.amount - coalesce(d.cost, 0)) as gross_profit
from core.fct_deals d
join cohort_customers c on c.customer_key = d.customer_key
join core.settings zone on zone.key = 'reporting.timezone',
lateral (select date_trunc('month', d.closed_at at time zone (zone.value #>> '{}')) as month) m
where d.status = 'won' and d.closed_at is not null and not d.is_test and not d.is_deleted
group by 1, 2, 3;

create temp table cohort_groups on commit drop as
select g.*, months.running, greatest(months.running, s.last) as last
from (select cohort, owner_key, count(*) as customers from cohort_customers group by cohort, owner_key) g
join (select cohort, owner_key, max(months_since) as last from cohort_sales group by cohort, owner_key) s
  on s.cohort = g.cohort and s.owner_key is not distinct from g.owner_key
join core.settings zone on zone.key = 'reporting.timezone',
lateral (
  select extract(year from age(date_trunc('month', now() at time zone (zone.value #>> '{}')), g.cohort)) * 12
    + extract(month from age(date_trunc('month', now() at time zone (zone.value #>> '{}')), g.cohort)) as running
) months;
analyze cohort_sales;
analyze cohort_groups;

-- Readers go on while this runs, which a truncate would not let them.
delete from core.fct_cohorts;
insert into core.fct_cohorts
  (cohort, months_since, owner_key, customers, active, revenue, gross_profit_to_date, is_complete)
select g.cohort, m.months_since, g.owner_key, g.customers, coalesce(s.active, 0), coalesce(s.revenue, 0),
  coalesce(sum(s.gross_profit) over (partition by g.cohort, g.owner_key order by m.months_since), 0),
  m.months_since < g.running
from cohort_groups g
cross join lateral generate_series(0, g.last::integer) as m(months_since)
left join cohort_sales s
  on s.cohort = g.cohort and s.owner_key is not distinct from g.owner_key and s.months_since = m.months_since;
drop table cohort_customers, cohort_sales, cohort_groups;
