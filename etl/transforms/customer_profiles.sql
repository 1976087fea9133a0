-- One row per customer as pages cut them. All are looked at, as all are ranked, but only what differs is written. Who has
-- been silent for long is told by the end of this derivation.
insert into core.settings (key, value) select 'derived.at', to_jsonb(now) from period
on conflict (key) do update set value = excluded.value;
create temp table profiles_now on commit drop as select * from core.customer_profiles;
analyze profiles_now;
delete from core.kept_profiles k
where not exists (
  select from profiles_now n where n.customer_key = k.customer_key and row(n.*) is not distinct from row(k.*)
);
insert into core.kept_profiles
select * from profiles_now n where not exists (select from core.kept_profiles k where k.customer_key = n.customer_key);
drop table profiles_now;
