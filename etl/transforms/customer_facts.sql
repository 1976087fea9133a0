-- reads: customers, deals, calls, activities
-- One row per customer. Segments by revenue of the trailing year, customers sorted from the largest: gold while the
-- revenue before it is below 60 %, silver below 90 %, bronze the other payers, occasional never bought.
-- XYZ by the coefficient of variation of the trailing 12 full months: σ ≤ 0.1 μ is n Σx² ≤ 1.01 (Σx)², without a root
-- that would have to be rounded.
-- BCG: the axes of B. Henderson, The Product Portfolio (Boston Consulting Group, 1970), applied to customers. Henderson
-- draws the lines by the market; here they are the company's own means: a share of revenue at least the mean share of
-- those who bought in the trailing year is high, growth at least that of the whole company is high.
truncate core.customer_facts;
insert into core.customer_facts (customer_key, won_deals, open_deals, revenue, gross_profit, revenue_year, first_purchase_at,
  last_purchase_at, last_contact_at, segment, abc, is_churned, is_contact_overdue, xyz, bcg)
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
    coalesce(sum(amount) filter (where status = 'won' and closed_at > now() - interval '2 years'
      and closed_at <= now() - interval '1 year'), 0) as revenue_before,
    min(closed_at) filter (where status = 'won') as first_purchase_at,
    max(closed_at) filter (where status = 'won') as last_purchase_at
  from core.fct_deals
  where customer_key is not null and not is_test and not is_deleted
  group by customer_key
), months as (
  select d.customer_key, sum(d.amount) as revenue
  from core.fct_deals d, (
    select value #>> '{}' as name, date_trunc('month', now() at time zone (value #>> '{}')) as this_month
    from core.settings where key = 'reporting.timezone'
  ) zone
  where d.status = 'won' and d.customer_key is not null and not d.is_test and not d.is_deleted
    and d.closed_at >= (zone.this_month - interval '12 months') at time zone zone.name
    and d.closed_at < zone.this_month at time zone zone.name
  group by d.customer_key, date_trunc('month', d.closed_at at time zone zone.name)
), steadiness as (
  select customer_key,
    case
      when count(*) filter (where revenue > 0) < 3 or sum(revenue) <= 0 then 'n/a'
      when 12 * sum(revenue * revenue) <= 1.01 * sum(revenue) * sum(revenue) then 'X'
      when 12 * sum(revenue * revenue) <= 1.0625 * sum(revenue) * sum(revenue) then 'Y'
      else 'Z'
    end as xyz
  from months group by customer_key
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
    sum(coalesce(d.revenue_year, 0)) over (order by coalesce(d.revenue_year, 0) desc, c.source, c.source_id)
      - coalesce(d.revenue_year, 0) as before,
    sum(coalesce(d.revenue_year, 0)) over () as total,
    d.revenue_before, sum(d.revenue_before) over () as total_before,
    count(*) filter (where d.revenue_year > 0) over () as buyers, s.xyz
  from core.dim_customers c
  left join deals d on d.customer_key = c.customer_key
  left join contacts n on n.customer_key = c.customer_key
  left join steadiness s on s.customer_key = c.customer_key
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
    end as abc,
    -- Share ≥ 1 / buyers and growth ≥ the company's, multiplied out. Without a year before nothing grows or shrinks.
    case
      when coalesce(total_before, 0) <= 0 or total <= 0 or (revenue_year > 0 or revenue_before > 0) is not true then 'n/a'
      when revenue_year * buyers >= total then
        case when revenue_year * total_before >= revenue_before * total then 'star' else 'cash_cow' end
      when revenue_year * total_before >= revenue_before * total then 'question_mark'
      else 'dog'
    end as bcg
  from ranked r
)
select customer_key, coalesce(won_deals, 0), coalesce(open_deals, 0), coalesce(revenue, 0), coalesce(gross_profit, 0),
  coalesce(revenue_year, 0), first_purchase_at, last_purchase_at, last_contact_at, segment, abc,
  coalesce(won_deals > 0 and last_purchase_at < now() - make_interval(days => churn_days), false),
  last_contact_at is null or last_contact_at < now() - make_interval(days => (contact_days ->> segment)::int),
  coalesce(xyz, 'n/a'), bcg
from classed, limits;
