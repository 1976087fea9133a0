-- Classes of customer_facts. Segments by revenue of the trailing year, customers sorted from the largest: gold while the
-- revenue before it is below 60 %, silver below 90 %, bronze the other payers, occasional never bought.
-- BCG: the axes of B. Henderson, The Product Portfolio (Boston Consulting Group, 1970), applied to customers. Henderson
-- draws the lines by the market; here they are the company's own means: a share of revenue at least the mean share of
-- those who bought in the trailing year is high, growth at least that of the whole company is high.
-- One customer may move the line for all, so all are ranked, but only if a revenue moved, and only differences are written.
with reclassed as (
  update core.customer_facts f set segment = c.segment, abc = c.abc, bcg = c.bcg
  from (
    select customer_key,
      case
        when won_deals = 0 then 'occasional'
        when revenue_year > 0 and before < 0.6 * total then 'gold'
        when revenue_year > 0 and before < 0.9 * total then 'silver'
        else 'bronze'
      end as segment,
      case
        when won_deals = 0 then null
        when revenue_year > 0 and before < 0.8 * total then 'A'
        when revenue_year > 0 and before < 0.95 * total then 'B'
        else 'C'
      end as abc,
      -- Share ≥ 1 / buyers and growth ≥ the company's, multiplied out. Without a year before nothing grows or shrinks.
      case
        when total_before <= 0 or total <= 0 or not (revenue_year > 0 or revenue_before > 0) then 'n/a'
        when revenue_year * buyers >= total then
          case when revenue_year * total_before >= revenue_before * total then 'star' else 'cash_cow' end
        when revenue_year * total_before >= revenue_before * total then 'question_mark'
        else 'dog'
      end as bcg
    from (
      select f.customer_key, f.won_deals, f.revenue_year, f.revenue_before, t.total, t.total_before, t.buyers,
        coalesce(b.before, t.total) as before
      from (
        select sum(revenue_year) as total, sum(revenue_before) as total_before,
          count(*) filter (where revenue_year > 0) as buyers
        from core.customer_facts
      ) t
        cross join core.customer_facts f
      left join (
        select f.customer_key, sum(f.revenue_year) over largest - f.revenue_year as before
        from core.customer_facts f join core.dim_customers c using (customer_key)
        where f.revenue_year > 0
        window largest as (order by f.revenue_year desc, c.source, c.source_id)
      ) b on b.customer_key = f.customer_key
    ) ranked
  ) c
  where (select is_moved from ranking_moved) and c.customer_key = f.customer_key
    and (f.segment, f.abc, f.bcg) is distinct from (c.segment, c.abc, c.bcg)
  returning f.customer_key
)
-- Another segment, another rule of contact: customer_silence looks at these too.
insert into customer_scope select customer_key from reclassed on conflict do nothing;
