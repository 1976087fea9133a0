-- A number that a deleted record had may be another's by now.
update ops.identifiers i set is_active = n.is_active
from (
  select i.key, i.kind, i.value, not d.is_deleted or not coalesce(
    bool_or(not d.is_deleted and not d.is_inferred) over (partition by i.kind, i.value, d.source), false) as is_active
  from identity_values v
  join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value
  join :table d on d.:key = i.key
  where v.kind <> 'id'
) n
where i.entity = :entity and i.key = n.key and i.kind = n.kind and i.value = n.value and i.is_active <> n.is_active;
