-- One row per record that may now be known by something else: those that changed in what matching rests on, those that
-- people decided about, and those whose id another record has named, or names now.
create temp table identity_changed on commit drop as
with changed as (
  select :key, source, stream, master_id
  from :changed
  group by :key, source, source_id, stream, master_id, email, is_inferred, is_deleted, :number
  having sum(sign) <> 0
)
select c.:key as key from changed c
union
select t.:key
from changed c
left join ops.stream_refs r on r.source = c.source and r.stream = c.stream and r.field = 'master_id'
join :table t on t.source = coalesce(r.ref_source, c.source) and t.source_id = c.master_id
where c.master_id is not null
union
select d.:key
from ops.identity_decisions q
join :table d on (d.source = q.source_a and d.source_id = q.id_a) or (d.source = q.source_b and d.source_id = q.id_b)
where q.entity = :entity and not q.is_applied;
create unique index on identity_changed (key);
analyze identity_changed;
