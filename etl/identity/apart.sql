-- One row: whether no record can be that of another. Where one source alone knows customers or employees, lists them all
-- under ids of its own, and no call waits for the customer whose number it was, nothing has to be looked for.
with recursive known(source) as (
  (select d.source from :table d order by d.source limit 1)
  union all
  select n.source from known k
  cross join lateral (select d.source from :table d where d.source > k.source order by d.source limit 1) n
)
select (select count(*) from known) < 2
  and not exists (
    select from :changed d
    where d.master_id is not null
      or d.is_inferred and (d.source_id like '%@%' or d.source_id ~ '^[^[:alpha:]]*(\d[^[:alpha:]]*){2}'))
  and not exists (select from ops.identity_decisions where entity = :entity)
  and not (:kind = 'phone' and exists (select from :called where customer_id is null and phone is not null)) as is_apart;
