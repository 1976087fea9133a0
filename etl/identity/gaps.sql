-- One row per record with copies that tell what it does not.
delete from ops.identity_gaps g
using (select key from identity_nodes union select key from identity_changed) n
where g.entity = :entity and g.key = n.key;
delete from ops.identity_gaps g
using identity_changed n join :table d on d.:key = n.key
where g.entity = :entity and g.key = d.same_as;
insert into ops.identity_gaps (entity, key, filled)
select :entity, key, filled
from (
  select c.:key as key, jsonb_strip_nulls(jsonb_build_object(:filled)) as filled
  from (
    select distinct coalesce(d.same_as, d.:key) as key
    from (select key from identity_nodes union select key from identity_changed) n
    join :table d on d.:key = n.key
  ) n
  join :table c on c.:key = n.key
  join :table d on d.same_as = c.:key
  left join ops.sources s on s.source = d.source
  group by c.:key
) g
where filled <> '{}';
