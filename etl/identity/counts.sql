-- One row per entity: what the page says first, so that it need not count a million records.
insert into ops.identity_counts as c (entity, matched, groups, open)
select :entity, count(*), count(distinct same_as),
  (select count(*) from ops.shared_identifiers where entity = :entity and is_open)
    + (select count(distinct conflict_key) from ops.identity_conflicts where entity = :entity)
from :table where same_as is not null and exists (select from identity_moved)
on conflict (entity) do update set open = excluded.open,
  matched = case when exists (select from identity_moved) then excluded.matched else c.matched end,
  groups = case when exists (select from identity_moved) then excluded.groups else c.groups end;
