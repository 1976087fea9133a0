-- One row per open stage with deals: the share of decided deals that were won, and the 90th percentile of the days of
-- those that passed, by linear interpolation as percentile_cont has it. Counts come from the rollup and the percentile from
-- the end of an index, so that neither reads all deals.
delete from core.stage_norms where exists (select from changed_funnel);
insert into core.stage_norms (stage_key, win_rate, days_90)
select r.stage_key, r.win_rate, (
    select (min(t.days) + (max(t.days) - min(t.days)) * (r.place - floor(r.place)))::float8
    from (
      select f.days from core.fct_funnel f
      where f.stage_key = r.stage_key and f.is_passed and f.days is not null
      order by f.days desc
      offset greatest(r.timed - 1 - ceil(r.place), 0) limit case when r.place = floor(r.place) then 1 else 2 end
    ) t
  )
from (
  select stage_key, sum(timed_n_sum) as timed, 0.9 * (sum(timed_n_sum) - 1) as place,
    coalesce(1.0 * sum(n_sum) filter (where status = 'won'), 0) / nullif(sum(n_sum) filter (where status <> 'open'), 0) as win_rate
  from rollup.funnel_steps__owner group by stage_key
) r
where exists (select from changed_funnel);
