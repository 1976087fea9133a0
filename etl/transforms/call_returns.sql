-- A missed call is returned by a call to its number within the limit: looked at are missed calls that changed, and those
-- that a changed outgoing call may answer.
create temp table return_scope on commit drop as
with wait as (
  select make_interval(secs => 3600 * coalesce(
    (select value::text::float8 from core.settings where key = 'limits.callback_hours'), 2)) as longest
)
select source, source_id from changed_calls where direction = 'in'
union
select m.source, m.source_id
from changed_calls b cross join wait
join core.fct_calls m on m.phone = b.phone and m.started_at < b.started_at and m.started_at >= b.started_at - wait.longest
where b.direction = 'out' and m.direction = 'in' and not :is_whole;
analyze return_scope;

with wait as (
  select make_interval(secs => 3600 * coalesce(
    (select value::text::float8 from core.settings where key = 'limits.callback_hours'), 2)) as longest
)
update core.fct_calls c set is_returned = n.is_returned
from (
  -- Looked up one by one: a join by the number alone would pair all calls of a switchboard with each other.
  select m.source, m.source_id, m.direction = 'in' and m.disposition <> 'answered' and coalesce((
    select true from core.fct_calls back
    where back.direction = 'out' and not back.is_deleted and back.phone = m.phone
      and back.started_at > m.started_at and back.started_at <= m.started_at + wait.longest
    limit 1
  ), false) as is_returned
  from return_scope join core.fct_calls m using (source, source_id), wait
) n
where c.source = n.source and c.source_id = n.source_id and c.is_returned <> n.is_returned;
drop table return_scope;
