-- One row per customer as pages cut them: of those in scope, with changed complaints, or at risk by the clock alone. Only
-- what differs is written. Who has been silent for long is told by the end of this derivation.
insert into core.settings (key, value) select 'derived.at', to_jsonb(now) from period
on conflict (key) do update set value = excluded.value;

insert into customer_scope
select customer_key from changed_complaints where customer_key is not null
union
-- Seconds of an interval are rounded, so a little sooner: who is not at risk yet is looked at again.
select k.customer_key from core.kept_profiles k, period p
where k.won_deals > 2 and not k.is_churned and not k.is_at_risk
  and core.risk_begins(k.first_purchase_at, k.last_purchase_at, k.won_deals) < p.now + interval '1 millisecond'
on conflict do nothing;
analyze customer_scope;

create temp table profiles_now on commit drop as
select p.* from core.customer_profiles p join customer_scope using (customer_key);
analyze profiles_now;

delete from core.kept_profiles k
where (:is_whole or k.customer_key in (select customer_key from customer_scope)) and not exists (
  select from profiles_now n where n.customer_key = k.customer_key and row(n.*) is not distinct from row(k.*)
);
insert into core.kept_profiles
select * from profiles_now n where not exists (select from core.kept_profiles k where k.customer_key = n.customer_key);
drop table customer_scope, profiles_now;
