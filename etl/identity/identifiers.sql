-- One row per changed record and what it is known by. A record that is only named has no other fields: its id may be an
-- address or a number. Bare digits are that only where its source keeps no list of its own, so that they are no ids of
-- it; and an extension only where it has calls but no deals.
create temp table identity_told on commit drop as
with sources as materialized (
  select source, coalesce(:entity = any(entities), false) as is_listing,
    coalesce('calls' = any(entities) and not 'deals' = any(entities), false) as is_exchange
  from ops.sources
), told as (
  select d.:key as key, 'email' as kind, e.value
  from :records
  cross join lateral (
    select lower(left(case when d.is_inferred then d.source_id else coalesce(d.email, d.source_id) end, 1000)) as text
  ) w
  cross join lateral string_to_table(translate(w.text, E',;<> \t\n\r\f\v\u00A0', ',,,,,,,,,,,'), ',') e(value)
  where w.text like '%@%' and e.value ~ '^[^@]+@[^@]+\.[^@.]+$' and length(e.value) <= 254
  union all
  select t.key, 'phone', p.number
  from (
    select d.:key as key, case
        when not d.is_inferred then coalesce(:phone, case when d.source_id like '+%' then d.source_id end)
        when not s.is_listing or d.source_id !~ '^\d+$' then d.source_id
      end as raw
    from :records
    left join sources s on s.source = d.source
    where :kind = 'phone'
  ) t
  join ops.phones p on p.raw = t.raw and p.number <> ''
  union all
  select e.key, 'extension', e.value
  from (
    select d.:key as key, btrim(case
        when not d.is_inferred then :extension
        when s.is_exchange and not s.is_listing then d.source_id
      end) as value
    from :records
    left join sources s on s.source = d.source
    where :kind = 'extension'
  ) e
  where e.value ~ '^\d{2,6}$'
  union all
  -- Its own id in its own source, where another record names that; and the id that it names.
  select d.:key, 'id', d.source || '/' || d.source_id
  from :records
  join :table m on m.master_id = d.source_id and m.master_id is not null
  left join ops.stream_refs r on r.source = m.source and r.stream = m.stream and r.field = 'master_id'
  where coalesce(r.ref_source, m.source) = d.source and length(d.source_id) <= 500
  union all
  select d.:key, 'id', coalesce(r.ref_source, d.source) || '/' || d.master_id
  from :records
  left join ops.stream_refs r on r.source = d.source and r.stream = d.stream and r.field = 'master_id'
  where d.master_id is not null and length(d.master_id) <= 500
    and not exists (
      select from ops.identity_decisions q
      where q.entity = :entity and q.verdict = 'different'
        and q.source_a = d.source and q.id_a = d.source_id
        and q.source_b = coalesce(r.ref_source, d.source) and q.id_b = d.master_id)
    and not exists (
      select from ops.identity_decisions q
      where q.entity = :entity and q.verdict = 'different'
        and q.source_b = d.source and q.id_b = d.source_id
        and q.source_a = coalesce(r.ref_source, d.source) and q.id_a = d.master_id)
)
select key, kind, value from told;
analyze identity_told;

-- One row per identifier in question: that somebody got or lost, or that a person has called common.
create temp table identity_values on commit drop as
select kind, value from identity_told where not :is_whole
union
select i.kind, i.value from ops.identifiers i where i.entity = :entity and :is_mine and not :is_whole
union
select kind, value from ops.common_identifiers where entity = :entity and (:is_whole or not is_applied);
update ops.common_identifiers set is_applied = true where entity = :entity and not is_applied;

delete from ops.identifiers i
where i.entity = :entity and :is_mine
  and not exists (select from identity_told t where t.key = i.key and t.kind = i.kind and t.value = i.value);
insert into ops.identifiers (entity, key, kind, value)
select distinct :entity, t.key, t.kind, t.value from identity_told t
where not exists (
  select from ops.identifiers i where i.entity = :entity and i.key = t.key and i.kind = t.kind and i.value = t.value);

-- Where all records are looked at, those that one record alone has are in no question.
insert into identity_values
select kind, value from ops.identifiers
where entity = :entity and :is_whole
group by kind, value having count(*) > 1 or not bool_and(is_active)
union
select kind, value from ops.shared_identifiers where entity = :entity and :is_whole
except
select kind, value from identity_values;
analyze identity_values;
