-- Classes of customer_facts. Segments by revenue of the trailing year, customers sorted from the largest: gold while the
-- revenue before it is below 60 %, silver below 90 %, bronze the other payers, occasional never bought.
-- BCG: the axes of B. Henderson, The Product Portfolio (Boston Consulting Group, 1970), applied to customers. Henderson
-- draws the lines by the market; here they are the company's own means: a share of revenue at least the mean share of
-- those who bought in the trailing year is high, growth at least that of the whole company is high.
-- With them who is churned and whom nobody contacts, as of now: a segment has its own rule of contact. Looked at are the
-- customers in scope, those whose class may differ, and those whom the clock alone has moved.
with limits as (
  select churn.value::text::int as churn_days, contact.value as contact_days
  from core.settings churn, core.settings contact
  where churn.key = 'limits.churn_days' and contact.key = 'limits.contact_days'
), reclassed as (
  update core.customer_facts f
  set segment = n.segment, abc = n.abc, bcg = n.bcg, is_churned = n.is_churned, is_contact_overdue = n.is_contact_overdue
  from (
    select f.customer_key, c.segment,
      case when f.won_deals = 0 then null when e.share <= 0.8 then 'A' when e.share <= 0.95 then 'B' else 'C' end as abc,
      -- Share ≥ 1 / buyers and growth ≥ the company's, multiplied out. Without a year before nothing grows or shrinks.
      case
        when t.total_before <= 0 or t.total <= 0 or not (f.revenue_year > 0 or f.revenue_before > 0) then 'n/a'
        when f.revenue_year * t.buyers >= t.total then
          case when f.revenue_year * t.total_before >= f.revenue_before * t.total then 'star' else 'cash_cow' end
        when f.revenue_year * t.total_before >= f.revenue_before * t.total then 'question_mark'
        else 'dog'
      end as bcg,
      coalesce(f.won_deals > 0 and f.last_purchase_at < p.now - make_interval(days => l.churn_days), false) as is_churned,
      f.last_contact_at is null or f.last_contact_at < p.now - make_interval(days => (l.contact_days ->> c.segment)::int)
        as is_contact_overdue
    from (
      select customer_key from customer_scope
      union
      select customer_key from reranked
      union
      select f.customer_key from limits l, period p, core.customer_facts f
      where not :is_whole and not f.is_churned and f.last_purchase_at < p.now - make_interval(days => l.churn_days)
      union
      select f.customer_key from limits l
      cross join jsonb_each_text(l.contact_days) as rule(segment, days)
      join core.customer_facts f on f.segment = rule.segment, period p
      where not :is_whole and not f.is_contact_overdue
        and f.last_contact_at < p.now - make_interval(days => rule.days::int)
    ) s
    join core.customer_facts f using (customer_key)
    join core.dim_customers d using (customer_key)
    cross join core.customer_ranking t
    cross join lateral (
      select min(share) as share from core.customer_edges e
      where core.is_within(f.revenue_year, d.source, d.source_id, e)
    ) e
    cross join lateral (
      select case when f.won_deals = 0 then 'occasional' when e.share <= 0.6 then 'gold' when e.share <= 0.9 then 'silver'
        else 'bronze' end as segment
    ) c, limits l, period p
  ) n
  where n.customer_key = f.customer_key
    and (f.segment, f.abc, f.bcg, f.is_churned, f.is_contact_overdue)
      is distinct from (n.segment, n.abc, n.bcg, n.is_churned, n.is_contact_overdue)
  returning f.customer_key
)
insert into customer_scope select customer_key from reclassed on conflict do nothing;
drop table reranked;
