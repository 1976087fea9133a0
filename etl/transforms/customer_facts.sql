-- reads: customers, deals, calls, activities
-- One row per customer. Segments by revenue of the trailing year, customers sorted from the largest: gold while the
-- revenue before it is below 60 %, silver below 90 %, bronze the other payers, occasional never bought.
truncate core.customer_facts;
insert into core.customer_facts
with limits as (
  select (select value::int from core.settings where key = 'limits.churn_days') as churn_days,
    (select value from core.settings where key = 'limits.contact_days') as contact_days
), deals as (
  select customer_key,
    count(*) filter (where status = 'won') as won_deals,
    count(*) filter (where status = 'open') as open_deals,
    coalesce(sum(amount) filter (where status = 'won'), 0) as revenue,
    coalesce(sum(amount - coalesce(cost, 0)) filter (where status = 'won'), 0) as gross_profit,
    coalesce(sum(amount) filter (where status = 'won' and closed_at > now() - interval '1 year'), 0) as revenue_year,
    min(closed_at) filter (where status = 'won') as first_purchase_at,
    max(closed_at) filter (where status = 'won') as last_purchase_at
  from core.fct_deals
  where customer_key is not null and not is_test and not is_deleted
  group by customer_key
), contacts as (
  select customer_key, max(at) as last_contact_at
  from (
    select customer_key, started_at as at from core.fct_calls where disposition = 'answered' and not is_deleted
    union all
    select customer_key, coalesce(done_at, created_at) from core.fct_activities
    where not is_deleted and (kind <> 'task' or done_at is not null)
  ) c
  where customer_key is not null
  group by customer_key
), ranked as (
  select c.customer_key, d.won_deals, d.open_deals, d.revenue, d.gross_profit, d.revenue_year, d.first_purchase_at,
    d.last_purchase_at, n.last_contact_at,
    sum(coalesce(d.revenue_year, 0)) over (order by coalesce(d.revenue_year, 0) desc, c.customer_key)
      - coalesce(d.revenue_year, 0) as before,
    sum(coalesce(d.revenue_year, 0)) over () as total
  from core.dim_customers c
  left join deals d on d.customer_key = c.customer_key
  left join contacts n on n.customer_key = c.customer_key
), classed as (
  select r.*,
    case
      when coalesce(won_deals, 0) = 0 then 'occasional'
      when revenue_year > 0 and before < 0.6 * total then 'gold'
      when revenue_year > 0 and before < 0.9 * total then 'silver'
      else 'bronze'
    end as segment,
    case
      when coalesce(won_deals, 0) = 0 then null
      when revenue_year > 0 and before < 0.8 * total then 'A'
      when revenue_year > 0 and before < 0.95 * total then 'B'
      else 'C'
    end as abc
  from ranked r
)
select customer_key, coalesce(won_deals, 0), coalesce(open_deals, 0), coalesce(revenue, 0), coalesce(gross_profit, 0),
  coalesce(revenue_year, 0), first_purchase_at, last_purchase_at, last_contact_at, segment, abc,
  coalesce(won_deals > 0 and last_purchase_at < now() - make_interval(days => churn_days), false),
  last_contact_at is null or last_contact_at < now() - make_interval(days => (contact_days ->> segment)::int)
from classed, limits;
