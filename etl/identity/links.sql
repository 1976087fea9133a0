-- What people decided, about records that are there.
create temp table identity_said on commit drop as
select q.verdict, a.:key as a, b.:key as b
from ops.identity_decisions q
join :table a on a.source = q.source_a and a.source_id = q.id_a
join :table b on b.source = q.source_b and b.source_id = q.id_b
where q.entity = :entity and q.verdict <> 'undecided';
analyze identity_said;

-- One row per record that hangs by decisions or mapped ids on one that changed or carries an identifier in question.
create temp table identity_linked on commit drop as
with recursive said(key) as materialized (
  select a from identity_said where verdict = 'same' union select b from identity_said where verdict = 'same'
), reach(key) as (
  (
    select i.key
    from identity_values v
    join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value
    join ops.identifiers o on o.entity = :entity and o.key = i.key and o.kind = 'id'
    where not :is_whole
    union
    select i.key
    from identity_values v
    join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value
    join said on said.key = i.key
    where not :is_whole
    union
    select d.:key from :records join said on said.key = d.:key where not :is_whole
    union
    select key from ops.identifiers where entity = :entity and kind = 'id' and :is_whole
    union
    select key from said where :is_whole
  )
  union
  select n.key
  from reach r
  cross join lateral (
    select o.key from ops.identifiers i
    join ops.identifiers o on o.entity = :entity and o.kind = 'id' and o.value = i.value
    where i.entity = :entity and i.key = r.key and i.kind = 'id'
    union all
    select case when q.a = r.key then q.b else q.a end from identity_said q
    where q.verdict = 'same' and r.key in (q.a, q.b)
  ) n
  where not :is_whole
)
select key, key as super from reach;
analyze identity_linked;

create temp table identity_links on commit drop as
select key as a, first as b
from (
  select i.key, min(i.key) over (partition by i.value) as first
  from identity_linked n join ops.identifiers i on i.entity = :entity and i.key = n.key and i.kind = 'id'
) l
where key <> first
union all
select q.a, q.b from identity_said q join identity_linked n on n.key = q.a where q.verdict = 'same';
analyze identity_links;
