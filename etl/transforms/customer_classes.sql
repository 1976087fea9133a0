-- Classes of customer_facts. Segments by revenue of the trailing year, customers sorted from the largest: gold while the
-- revenue before it is below 60 %, silver below 90 %, bronze the other payers, occasional never bought.
-- BCG: the axes of B. Henderson, The Product Portfolio (Boston Consulting Group, 1970), applied to customers. Henderson
-- draws the lines by the market; here they are the company's own means: a share of revenue at least the mean share of
-- those who bought in the trailing year is high, growth at least that of the whole company is high.
with reclassed as (
  update core.customer_facts f set segment = c.segment, abc = c.abc, bcg = c.bcg
  from (
    select f.customer_key,
      case when f.won_deals = 0 then 'occasional' when e.share <= 0.6 then 'gold' when e.share <= 0.9 then 'silver'
        else 'bronze' end as segment,
      case when f.won_deals = 0 then null when e.share <= 0.8 then 'A' when e.share <= 0.95 then 'B' else 'C' end as abc,
      -- Share ≥ 1 / buyers and growth ≥ the company's, multiplied out. Without a year before nothing grows or shrinks.
      case
        when t.total_before <= 0 or t.total <= 0 or not (f.revenue_year > 0 or f.revenue_before > 0) then 'n/a'
        when f.revenue_year * t.buyers >= t.total then
          case when f.revenue_year * t.total_before >= f.revenue_before * t.total then 'star' else 'cash_cow' end
        when f.revenue_year * t.total_before >= f.revenue_before * t.total then 'question_mark'
        else 'dog'
      end as bcg
    from (select distinct customer_key from reranked) r
    join core.customer_facts f using (customer_key)
    join core.dim_customers c using (customer_key)
    cross join core.customer_ranking t
    cross join lateral (
      select min(share) as share from core.customer_edges e
      where core.is_within(f.revenue_year, c.source, c.source_id, e)
    ) e
  ) c
  where c.customer_key = f.customer_key and (f.segment, f.abc, f.bcg) is distinct from (c.segment, c.abc, c.bcg)
  returning f.customer_key
)
-- Another segment, another rule of contact: customer_silence looks at these too.
insert into customer_scope select customer_key from reclassed on conflict do nothing;
drop table reranked;
