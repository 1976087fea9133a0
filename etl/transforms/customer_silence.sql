-- Who is churned and whom nobody contacts, as of now: of the customers in scope, and of those whom the clock alone moved.
with moved as (
  update core.customer_facts f set is_churned = n.is_churned, is_contact_overdue = n.is_contact_overdue
  from (
    with limits as (
      select churn.value::text::int as churn_days, contact.value as contact_days
      from core.settings churn, core.settings contact
      where churn.key = 'limits.churn_days' and contact.key = 'limits.contact_days'
    )
    select f.customer_key,
      coalesce(f.won_deals > 0 and f.last_purchase_at < p.now - make_interval(days => l.churn_days), false) as is_churned,
      f.last_contact_at is null or f.last_contact_at < p.now - make_interval(days => (l.contact_days ->> f.segment)::int)
        as is_contact_overdue
    from (
      select customer_key from customer_scope
      union
      select f.customer_key from limits l, period p, core.customer_facts f
      where not f.is_churned and f.last_purchase_at < p.now - make_interval(days => l.churn_days)
      union
      select f.customer_key from limits l
      cross join jsonb_each_text(l.contact_days) as rule(segment, days)
      join core.customer_facts f on f.segment = rule.segment, period p
      where not f.is_contact_overdue and f.last_contact_at < p.now - make_interval(days => rule.days::int)
    ) s
    join core.customer_facts f using (customer_key), limits l, period p
  ) n
  where n.customer_key = f.customer_key
    and (f.is_churned, f.is_contact_overdue) is distinct from (n.is_churned, n.is_contact_overdue)
  returning f.customer_key
)
insert into customer_scope select customer_key from moved on conflict do nothing;
