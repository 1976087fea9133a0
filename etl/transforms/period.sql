-- One row: from when to when this derivation goes. Facts younger than «since» are news by the clock alone; a derivation
-- of the whole has none. It never goes back behind an earlier one, whichever transaction began first.
create temp table period on commit drop as
select p.*, (p.now at time zone p.zone)::date as today,
  date_trunc('month', p.now at time zone p.zone)::date as month
from (
  select greatest(now(), d.at) as now, case when :is_whole then greatest(now(), d.at) else d.at end as since,
    :is_whole as is_whole, zone.value #>> '{}' as zone
  from core.settings zone
  left join (select (value #>> '{}')::timestamptz as at from core.settings where key = 'derived.at') d on true
  where zone.key = 'reporting.timezone'
) p;
analyze period;
