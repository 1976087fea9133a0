-- Customers sorted from the largest revenue of the trailing year: where each share of it ends is kept in customer_edges, and
-- what all have together in customer_ranking. A few changes move an edge past a few customers, so from where it stood one
-- after another is passed; `reranked` gets one row per customer whose class may differ. All are sorted where everything is
-- derived anew or much has changed.
create temp table reranked on commit drop as select customer_key from ranking_moves;
do $$
declare
  is_whole boolean := :is_whole;
  was core.customer_ranking;
  now core.customer_ranking;
  edge core.customer_edges;
  customer record;
  passed integer;
begin
  if not is_whole and not exists (select from ranking_moves) then return; end if;
  select * into was from core.customer_ranking;
  select was.total + sum(revenue_year - year_was), was.total_before + sum(revenue_before - before_was),
    was.buyers + count(*) filter (where revenue_year > 0) - count(*) filter (where year_was > 0)
  into now from ranking_moves;
  is_whole := is_whole or (select count(*) from core.customer_edges) < 4 or least(was.total, now.total) <= 0
    or (was.total_before > 0) <> (now.total_before > 0);

  for edge in select * from core.customer_edges where not is_whole loop
    select edge.reached
      + coalesce(sum(m.revenue_year) filter (where core.is_within(m.revenue_year, c.source, c.source_id, edge)), 0)
      - coalesce(sum(m.year_was) filter (where core.is_within(m.year_was, c.source, c.source_id, edge)), 0)
    into edge.reached
    from ranking_moves m join core.dim_customers c using (customer_key);
    passed := 0;
    if edge.reached < edge.share * now.total then
      for customer in
        select f.customer_key, f.revenue_year, c.source, c.source_id
        from core.customer_facts f join core.dim_customers c using (customer_key)
        where f.revenue_year > 0 and f.revenue_year <= edge.revenue_year
          and not core.is_within(f.revenue_year, c.source, c.source_id, edge)
        order by f.revenue_year desc, c.source, c.source_id limit 5000
      loop
        exit when edge.reached >= edge.share * now.total;
        insert into reranked values (customer.customer_key);
        edge := row(edge.share, customer.revenue_year, customer.source, customer.source_id,
          edge.reached + customer.revenue_year);
        passed := passed + 1;
      end loop;
    else
      for customer in
        select f.customer_key, f.revenue_year, c.source, c.source_id
        from core.customer_facts f join core.dim_customers c using (customer_key)
        where f.revenue_year > 0 and f.revenue_year >= edge.revenue_year
          and core.is_within(f.revenue_year, c.source, c.source_id, edge)
        order by f.revenue_year, c.source desc, c.source_id desc limit 5000
      loop
        edge := row(edge.share, customer.revenue_year, customer.source, customer.source_id, edge.reached);
        exit when edge.reached - customer.revenue_year < edge.share * now.total;
        insert into reranked values (customer.customer_key);
        edge.reached := edge.reached - customer.revenue_year;
        passed := passed + 1;
      end loop;
    end if;
    is_whole := passed = 5000;
    exit when is_whole;
    update core.customer_edges e set (revenue_year, source, source_id, reached)
      = row(edge.revenue_year, edge.source, edge.source_id, edge.reached)
    where e.share = edge.share;
  end loop;

  if is_whole then
    delete from core.customer_edges;
    delete from core.customer_ranking;
    insert into core.customer_ranking
    select coalesce(sum(revenue_year), 0), coalesce(sum(revenue_before), 0), count(*) filter (where revenue_year > 0)
    from core.customer_facts
    returning * into now;
    with sorted as materialized (
      select f.revenue_year, c.source, c.source_id, sum(f.revenue_year) over largest as reached
      from core.customer_facts f join core.dim_customers c using (customer_key)
      where f.revenue_year > 0
      window largest as (order by f.revenue_year desc, c.source, c.source_id)
    )
    insert into core.customer_edges
    select e.share, s.revenue_year, s.source, s.source_id, s.reached
    from (
      select share, max(reached) as reached
      from sorted cross join unnest(array[0.6, 0.8, 0.9, 0.95]) share
      where reached - revenue_year < share * now.total group by share
    ) e
    join sorted s using (reached);
    truncate reranked;
    insert into reranked select customer_key from core.customer_facts;
    analyze core.customer_ranking, core.customer_edges;
    return;
  end if;

  update core.customer_ranking set (total, total_before, buyers) = row(now.total, now.total_before, now.buyers);
  -- The lines of BCG have moved too: past those between the old ones and the new. A quotient is rounded.
  insert into reranked
  select customer_key from core.customer_facts
  where revenue_year > 0
    and revenue_year >= 0.999999999 * least(was.total / was.buyers, now.total / now.buyers)
    and revenue_year <= 1.000000001 * greatest(was.total / was.buyers, now.total / now.buyers);
  if now.total_before <= 0 then return; end if;
  insert into reranked
  select customer_key from core.customer_facts
  where revenue_year > 0 and revenue_before > 0
    and revenue_year / revenue_before >= 0.999999999 * least(was.total / was.total_before, now.total / now.total_before)
    and revenue_year / revenue_before <= 1.000000001 * greatest(was.total / was.total_before, now.total / now.total_before);
end $$;
analyze reranked;
drop table ranking_moves;
