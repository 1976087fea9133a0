-- One row per record with copies that tell what it does not. What is derived from a record depends on them too, so one
-- whose gaps are filled otherwise counts as changed.
with scope as (
  select n.key from identity_nodes n
  union
  select coalesce(d.same_as, d.:key) from :touched n join :table d on d.:key = n.key
), told as (
  select c.:key as key, jsonb_strip_nulls(jsonb_build_object(:filled)) as filled
  from scope n
  join :table c on c.:key = n.key and c.same_as is null
  join :table d on d.same_as = c.:key and (:lacks)
  left join ops.sources s on s.source = d.source
  group by c.:key
), emptied as (
  delete from ops.identity_gaps g using scope n
  where g.entity = :entity and g.key = n.key
    and not exists (select from told t where t.key = n.key and t.filled <> '{}')
  returning g.key
), written as (
  insert into ops.identity_gaps as g (entity, key, filled)
  select :entity, key, filled from told where filled <> '{}'
  on conflict (entity, key) do update set filled = excluded.filled where g.filled <> excluded.filled
  returning g.key
)
update :table d set loaded_at = d.loaded_at
from (select key from emptied union all select key from written) g
where d.:key = g.key
  and exists (select from pg_class where oid = to_regclass('pg_temp.changed_' || :entity) and relkind = 'r');
