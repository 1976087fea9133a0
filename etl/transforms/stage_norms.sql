-- One row per open stage with deals: the share of decided deals that were won, and the 90th percentile of the days of
-- those that passed, by linear interpolation as percentile_cont has it. Counts come from the rollup. Of the two values that
-- the percentile lies between the longer one is kept, with how many took longer and how many as long: from there an index
-- leads to the next one, over no more rows than have changed. Rows are counted from the longest, from 0.
create temp table norms_now on commit drop as
with counts as (
  select stage_key, sum(timed_n_sum) as timed, 0.9 * (sum(timed_n_sum) - 1) as place,
    coalesce(1.0 * sum(n_sum) filter (where status = 'won'), 0) / nullif(sum(n_sum) filter (where status <> 'open'), 0) as win_rate
  from rollup.funnel_steps__owner group by stage_key
), kept as (
  select n.stage_key, n.edge, n.longer + coalesce(sum(c.sign) filter (where c.days > n.edge), 0) as longer,
    n.equal + coalesce(sum(c.sign) filter (where c.days = n.edge), 0) as equal
  from core.stage_norms n left join changed_funnel c on c.stage_key = n.stage_key and c.is_passed
  where n.edge is not null and not :is_whole
  group by n.stage_key
), found as (
  select c.stage_key, c.win_rate, c.place - floor(c.place) as rest, t.nth, k.edge as was, k.longer, k.equal, case
      when k.edge is null then (
        select days from core.fct_funnel f where f.stage_key = c.stage_key and f.is_passed and f.days is not null
        order by f.days desc offset t.nth limit 1)
      when t.nth < k.longer then (
        select days from core.fct_funnel f where f.stage_key = c.stage_key and f.is_passed and f.days > k.edge
        order by f.days offset k.longer - 1 - t.nth limit 1)
      when t.nth < k.longer + k.equal then k.edge
      else (
        select days from core.fct_funnel f where f.stage_key = c.stage_key and f.is_passed and f.days < k.edge
        order by f.days desc offset t.nth - k.longer - k.equal limit 1)
    end as edge
  from counts c
  cross join lateral (select (c.timed - 1 - ceil(c.place))::bigint as nth) t
  left join kept k on k.stage_key = c.stage_key
  where c.timed > 0
), counted as (
  select f.*, case
      when f.was = f.edge then f.longer
      when f.was < f.edge then f.longer - (
        select count(*) from core.fct_funnel x
        where x.stage_key = f.stage_key and x.is_passed and x.days > f.was and x.days <= f.edge)
      else coalesce(f.longer + f.equal, 0) + (
        select count(*) from core.fct_funnel x
        where x.stage_key = f.stage_key and x.is_passed and x.days > f.edge and (f.was is null or x.days < f.was))
    end as longer_now,
    case when f.was = f.edge then f.equal else (
      select count(*) from core.fct_funnel x where x.stage_key = f.stage_key and x.is_passed and x.days = f.edge)
    end as equal_now
  from found f
)
select c.stage_key, c.win_rate, f.edge, f.longer_now as longer, f.equal_now as equal,
  (f.edge - (1 - f.rest) * (f.edge - case
    when f.rest = 0 or f.nth + 1 < f.longer_now + f.equal_now then f.edge
    else (select max(x.days) from core.fct_funnel x where x.stage_key = f.stage_key and x.is_passed and x.days < f.edge)
  end))::float8 as days_90
from counts c left join counted f using (stage_key)
where exists (select from changed_funnel);

delete from core.stage_norms where :is_whole or exists (select from changed_funnel);
insert into core.stage_norms (stage_key, win_rate, days_90, edge, longer, equal)
select stage_key, win_rate, days_90, edge, longer, equal from norms_now;
drop table norms_now;
