-- One row per month of first purchase, owner of the customers and month since, up to the running month: a month in
-- which nobody of a cohort bought is a row too, else retention would be taken of those alone who did. Months are those
-- of the reporting zone. Only groups that changed are written anew; all of them when a month begins.
create temp table cohort_groups on commit drop as
select c.cohort, c.owner_key, sum(m.active) filter (where m.months_since = 0) as customers,
  core.months_between(c.cohort, p.month) as running, greatest(core.months_between(c.cohort, p.month), max(m.months_since)) as last
from (select distinct cohort, owner_key from cohort_changes) c
left join core.cohort_months m on m.cohort = c.cohort and m.owner_key is not distinct from c.owner_key, period p
group by c.cohort, c.owner_key, p.month;
analyze cohort_groups;

delete from core.fct_cohorts f using cohort_groups g
where f.cohort = g.cohort and f.owner_key is not distinct from g.owner_key;
insert into core.fct_cohorts
  (cohort, months_since, owner_key, customers, active, revenue, gross_profit_to_date, is_complete)
select g.cohort, n.months_since, g.owner_key, g.customers, coalesce(m.active, 0), coalesce(m.revenue, 0),
  coalesce(sum(m.gross_profit) over (partition by g.cohort, g.owner_key order by n.months_since), 0),
  n.months_since < g.running
from cohort_groups g
cross join lateral generate_series(0, g.last) as n(months_since)
left join core.cohort_months m
  on m.cohort = g.cohort and m.owner_key is not distinct from g.owner_key and m.months_since = n.months_since
where g.customers is not null;
drop table cohort_changes, cohort_groups;
