-- One row per identifier in question that several records carry, and such a record.
create temp table identity_carriers on commit drop as
with several as (
  select kind, value from identity_values where kind <> 'id' and :is_whole
  union all
  select v.kind, v.value
  from identity_values v
  join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value and i.is_active
  where v.kind <> 'id' and not :is_whole
  group by v.kind, v.value having count(*) > 1
)
select i.kind, i.value, i.key, d.source, d.is_inferred, coalesce(l.super, i.key) as super
from several v
join ops.identifiers i on i.entity = :entity and i.kind = v.kind and i.value = v.value and i.is_active
join :table d on d.:key = i.key
left join identity_linked l on l.key = i.key;
analyze identity_carriers;

-- One row per such identifier. Shared: two records that a source lists apart carry it, or two that people told apart.
create temp table identity_judged on commit drop as
select kind, value, sum(records)::integer as records, bool_or(is_listed_twice) as is_shared
from (
  select kind, value, source, count(*) as records,
    coalesce(min(super) filter (where not is_inferred) <> max(super) filter (where not is_inferred), false) as is_listed_twice
  from identity_carriers
  group by kind, value, source
) s
group by kind, value;
-- Or a person called it common: then it joins nobody, whoever carries it.
insert into identity_judged
select v.kind, v.value, 0, true
from identity_values v
join ops.common_identifiers c on c.entity = :entity and c.kind = v.kind and c.value = v.value and c.is_common
where not exists (select from identity_judged j where j.kind = v.kind and j.value = v.value);
analyze identity_judged;

update identity_judged j set is_shared = true
from ops.common_identifiers c
where c.entity = :entity and c.kind = j.kind and c.value = j.value and c.is_common and not j.is_shared;

update identity_judged j set is_shared = true
from identity_said q
join identity_carriers a on a.key = q.a
join identity_carriers b on b.key = q.b and b.kind = a.kind and b.value = a.value
where q.verdict = 'different' and j.kind = a.kind and j.value = a.value and a.super <> b.super and not j.is_shared;

-- Two offices may each have an extension 101: people of different addresses are not joined by it.
update identity_judged j set is_shared = true
from identity_carriers a
join identity_carriers b on b.kind = a.kind and b.value = a.value and b.super > a.super
where :kind = 'extension' and a.kind = 'extension' and j.kind = a.kind and j.value = a.value and not j.is_shared
  and exists (select from ops.identifiers e where e.entity = :entity and e.key = a.key and e.kind = 'email')
  and exists (select from ops.identifiers e where e.entity = :entity and e.key = b.key and e.kind = 'email')
  and not exists (
    select from ops.identifiers e join ops.identifiers o on o.entity = e.entity and o.kind = e.kind and o.value = e.value
    where e.entity = :entity and e.key = a.key and e.kind = 'email' and o.key = b.key
  );

-- One row per identifier that was shared and is no longer, or the other way round.
create temp table identity_turned on commit drop as
select v.kind, v.value
from identity_values v
left join identity_judged j on j.kind = v.kind and j.value = v.value
left join ops.shared_identifiers s on s.entity = :entity and s.kind = v.kind and s.value = v.value
where coalesce(j.is_shared, false) <> (s.value is not null);

delete from ops.shared_identifiers s using identity_turned t
where s.entity = :entity and s.kind = t.kind and s.value = t.value;
insert into ops.shared_identifiers as s (entity, kind, value, records)
select :entity, kind, value, records from identity_judged where is_shared
on conflict (entity, kind, value) do update set records = excluded.records where s.records <> excluded.records;
