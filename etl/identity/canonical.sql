-- One row per record in question and the one it is a copy of. A chain that says two different records to be one is
-- taken for none, but for what people and mapped ids have said; where even these contradict, for none at all.
create temp table identity_picked on commit drop as
with broken_chains as (
  select component from identity_nodes where not is_inferred
  group by component, source having min(super) <> max(super)
  union
  select a.component from identity_said q
  join identity_nodes a on a.key = q.a join identity_nodes b on b.key = q.b and b.component = a.component
  where q.verdict = 'different'
), broken_words as (
  select distinct a.super from identity_said q
  join identity_nodes a on a.key = q.a join identity_nodes b on b.key = q.b and b.super = a.super
  where q.verdict = 'different'
), grouped as (
  select n.key, case when c.component is null then n.component when w.super is null then n.super else n.key end as label,
    case when c.component is not null then n.component end as conflict_key
  from identity_nodes n
  left join broken_chains c on c.component = n.component
  left join broken_words w on w.super = n.super
)
select g.key, g.conflict_key, first_value(g.key) over (partition by g.label order by :rank) as canonical
from grouped g
join :table d on d.:key = g.key
left join ops.sources s on s.source = d.source;
analyze identity_picked;

create temp table identity_moved on commit drop as
select p.key, coalesce(d.same_as, d.:key) as was, p.canonical as now
from identity_picked p join :table d on d.:key = p.key
where coalesce(d.same_as, d.:key) <> p.canonical;
analyze identity_moved;
update :table d set same_as = nullif(m.now, m.key) from identity_moved m where d.:key = m.key;

delete from ops.identity_conflicts c using identity_picked p where c.entity = :entity and c.key = p.key;
insert into ops.identity_conflicts (entity, key, conflict_key)
select :entity, key, conflict_key from identity_picked where conflict_key is not null;

-- Open is a shared identifier that two of its carriers have of whom nobody has said yet that they are two: neither a
-- source that lists both, nor a person. Nobody decides 20,000 pairs: beyond 200 carriers it is open while several sources
-- know it, until a person calls it common.
update ops.shared_identifiers s set is_open = n.is_open
from (
  select v.kind, v.value, case
      when bool_or(v.is_common) or min(d.source) = max(d.source) and not bool_or(d.is_inferred) then false
      when count(*) > 200 then true
      else exists (
        select from ops.identifiers x
        join :table a on a.:key = x.key
        join ops.identifiers y on y.entity = :entity and y.kind = x.kind and y.value = x.value and y.is_active and y.key > x.key
        join :table b on b.:key = y.key
        where x.entity = :entity and x.kind = v.kind and x.value = v.value and x.is_active
          and coalesce(a.same_as, a.:key) <> coalesce(b.same_as, b.:key)
          and not exists (
            select from :table p join :table q on q.source = p.source and not q.is_inferred
            where not p.is_inferred and (p.:key = coalesce(a.same_as, a.:key) or p.same_as = coalesce(a.same_as, a.:key))
              and (q.:key = coalesce(b.same_as, b.:key) or q.same_as = coalesce(b.same_as, b.:key)))
          and not exists (
            select from identity_said w
            join :table p on p.:key = w.a
            join :table q on q.:key = w.b
            where w.verdict = 'different' and (
              (coalesce(p.same_as, p.:key), coalesce(q.same_as, q.:key))
                = (coalesce(a.same_as, a.:key), coalesce(b.same_as, b.:key))
              or (coalesce(q.same_as, q.:key), coalesce(p.same_as, p.:key))
                = (coalesce(a.same_as, a.:key), coalesce(b.same_as, b.:key))))
      )
    end as is_open
  from (
    select w.kind, w.value, coalesce(c.is_common, false) as is_common from (
      select h.kind, h.value from identity_judged j
      join ops.shared_identifiers h on h.entity = :entity and h.kind = j.kind and h.value = j.value
      union
      select h.kind, h.value from identity_picked p
      join ops.identifiers i on i.entity = :entity and i.key = p.key
      join ops.shared_identifiers h on h.entity = :entity and h.kind = i.kind and h.value = i.value and h.records <= 200
    ) w
    left join ops.common_identifiers c on c.entity = :entity and c.kind = w.kind and c.value = w.value
  ) v
  join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value and i.is_active
  join :table d on d.:key = i.key
  group by v.kind, v.value
) n
where s.entity = :entity and s.kind = n.kind and s.value = n.value and s.is_open <> n.is_open;
