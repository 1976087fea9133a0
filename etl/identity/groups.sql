-- One row per record whose matches may change, with all that it is or was matched with. Identifiers that are shared
-- connect nobody, so this stays small however many records one switchboard has. Where all records are looked at, those
-- that it starts from are all.
create temp table identity_nodes on commit drop as
with recursive reach(key) as (
  (
    select c.key from identity_carriers c
    join identity_judged j on j.kind = c.kind and j.value = c.value
    where not j.is_shared
    union
    select c.key from identity_carriers c join identity_turned t on t.kind = c.kind and t.value = c.value
    union
    select key from identity_linked
    union
    select d.:key from :records where d.same_as is not null
    union
    select o.same_as from :records join :table o on o.same_as = d.:key where o.same_as is not null
    union
    select o.key from :records join ops.identity_conflicts o on o.entity = :entity and o.key = d.:key
  )
  union
  select n.key
  from reach r
  cross join lateral (
    select o.key from ops.identifiers i
    join ops.identifiers o on o.entity = :entity and o.kind = i.kind and o.value = i.value and o.is_active
    where i.entity = :entity and i.key = r.key and i.is_active and not exists (
      select from ops.shared_identifiers s where s.entity = :entity and s.kind = i.kind and s.value = i.value)
    union all
    select case when q.a = r.key then q.b else q.a end from identity_said q
    where q.verdict = 'same' and r.key in (q.a, q.b)
    union all
    select d.same_as from :table d where d.:key = r.key and d.same_as is not null
    union all
    select d.:key from :table d where d.same_as = r.key
    union all
    select o.key from ops.identity_conflicts c
    join ops.identity_conflicts o on o.entity = :entity and o.conflict_key = c.conflict_key
    where c.entity = :entity and c.key = r.key
  ) n
  where not :is_whole
)
select r.key, d.source, d.is_inferred, r.key as component, r.key as super
from reach r join :table d on d.:key = r.key;
analyze identity_nodes;

-- A star for each identifier: all who carry it, to the first of them.
create temp table identity_edges on commit drop as
with ties as materialized (
  select i.key, i.kind, i.value
  from identity_nodes n
  join ops.identifiers i on i.entity = :entity and i.key = n.key and i.is_active
  where not exists (
    select from ops.shared_identifiers s where s.entity = :entity and s.kind = i.kind and s.value = i.value)
), stars as (
  select kind, value, min(key) as first from ties group by kind, value having count(*) > 1
)
select t.key as a, s.first as b, t.kind = 'id' as is_said
from stars s join ties t on t.kind = s.kind and t.value = s.value and t.key <> s.first
union all
select q.a, q.b, true from identity_said q join identity_nodes n on n.key = q.a where q.verdict = 'same';
analyze identity_edges;
