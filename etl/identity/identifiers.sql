-- One row per changed record and what it is known by. A record that is only named has no other fields: its id may be an
-- address or a number. Bare digits are that only where its source keeps no list of its own, so that they are no ids of
-- it; and an extension only where it has calls but no deals.
create temp table identity_told on commit drop as
with records as (
  select d.*, coalesce(:entity = any(s.entities), false) as is_listing,
    coalesce('calls' = any(s.entities) and not 'deals' = any(s.entities), false) as is_exchange,
    coalesce(r.ref_source, d.source) as master_source
  from identity_changed c
  join :table d on d.:key = c.key
  left join ops.sources s on s.source = d.source
  left join ops.stream_refs r on r.source = d.source and r.stream = d.stream and r.field = 'master_id'
), told as (
  select :key as key, 'email' as kind, e.value
  from records, regexp_split_to_table(lower(left(case when is_inferred then source_id else coalesce(email, source_id) end, 1000)), '[,;<>\s]+') e(value)
  where e.value ~ '^[^@]+@[^@]+\.[^@.]+$' and length(e.value) <= 254
  union all
  select t.key, 'phone', p.number
  from (
    select :key as key, case
        when not is_inferred then coalesce(:phone, case when source_id ~ '^\+' then source_id end)
        when not is_listing or source_id !~ '^\d+$' then source_id
      end as raw
    from records where :kind = 'phone'
  ) t
  join ops.phones p on p.raw = t.raw and p.number <> ''
  union all
  select e.key, 'extension', e.value
  from (
    select :key as key, btrim(case
        when not is_inferred then :extension
        when is_exchange and not is_listing then source_id
      end) as value
    from records where :kind = 'extension'
  ) e
  where e.value ~ '^\d{2,6}$'
  union all
  -- Its own id in its own source, where another record names that; and the id that it names.
  select t.:key, 'id', t.source || '/' || t.source_id
  from identity_changed c
  join :table t on t.:key = c.key
  join :table m on m.master_id = t.source_id
  left join ops.stream_refs r on r.source = m.source and r.stream = m.stream and r.field = 'master_id'
  where coalesce(r.ref_source, m.source) = t.source and length(t.source_id) <= 500
  union all
  select d.:key, 'id', d.master_source || '/' || d.master_id
  from records d
  where length(d.master_id) <= 500 and not exists (
    select from ops.identity_decisions q
    where q.entity = :entity and q.verdict = 'different' and (
      (q.source_a, q.id_a, q.source_b, q.id_b) = (d.source, d.source_id, d.master_source, d.master_id)
      or (q.source_b, q.id_b, q.source_a, q.id_a) = (d.source, d.source_id, d.master_source, d.master_id))
  )
)
select distinct key, kind, value from told;
create index on identity_told (key);
analyze identity_told;

-- One row per identifier that somebody got or lost.
create temp table identity_values on commit drop as
select kind, value from identity_told
union
select i.kind, i.value from identity_changed c join ops.identifiers i on i.entity = :entity and i.key = c.key;
analyze identity_values;

delete from ops.identifiers i using identity_changed c
where i.entity = :entity and i.key = c.key
  and not exists (select from identity_told t where t.key = i.key and t.kind = i.kind and t.value = i.value);
insert into ops.identifiers (entity, key, kind, value)
select :entity, t.key, t.kind, t.value from identity_told t
on conflict do nothing;
