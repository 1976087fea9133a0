-- A number that a deleted record had may be another's by now. By the row's place: through the value, each of the
-- thousands who share one would be looked for among all of them.
with doubtful as (
  select distinct v.kind, v.value
  from identity_values v
  join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value
  join :table d on d.:key = i.key
  where v.kind <> 'id' and (d.is_deleted or not i.is_active)
)
update ops.identifiers i set is_active = n.is_active
from (
  select place, is_active
  from (
    select i.ctid as place, i.is_active as was, not d.is_deleted or not coalesce(
      bool_or(not d.is_deleted and not d.is_inferred) over (partition by i.kind, i.value, d.source), false) as is_active
    from doubtful v
    join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value
    join :table d on d.:key = i.key
  ) j
  where was <> is_active
) n
where i.ctid = n.place;
