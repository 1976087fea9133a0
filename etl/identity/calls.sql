-- A call that names no customer belongs to the one whose number it was: if it was that of exactly one, and not common.
create temp table identity_called on commit drop as
select phone as raw from :called where customer_id is null and phone is not null
union
select p.raw from identity_values v join ops.phones p on p.number = v.value where v.kind = 'phone' and not :is_whole
union
select p.raw from identity_moved m
join ops.identifiers i on i.entity = 'customers' and i.key = m.key and i.kind = 'phone'
join ops.phones p on p.number = i.value
where not :is_whole;
analyze identity_called;

update core.fct_calls t set customer_key = n.customer_key
from (
  select f.ctid as place, o.customer_key
  from identity_called c
  join core.fct_calls f on f.phone = c.raw and f.customer_id is null
  left join (
    select c.raw, min(coalesce(d.same_as, d.customer_key)) as customer_key
    from identity_called c
    join ops.phones p on p.raw = c.raw and p.number <> ''
    join ops.identifiers i on i.entity = 'customers' and i.kind = 'phone' and i.value = p.number and i.is_active
      and not exists (select from ops.common_identifiers m where (m.entity, m.kind, m.value) = ('customers', 'phone', p.number) and m.is_common)
    join core.dim_customers d on d.customer_key = i.key
    group by c.raw
    having count(distinct coalesce(d.same_as, d.customer_key)) = 1
  ) o on o.raw = c.raw
  where f.customer_key is distinct from o.customer_key
) n
where t.ctid = n.place;
