-- One row per customer whose deals, contacts or owner changed, or of whom a win leaves the trailing year, or the year
-- before it, by the clock alone. In the whole all have changed.
create temp table customer_scope on commit drop as
select customer_key from changed_customers
union
select customer_key from changed_deals where customer_key is not null and not :is_whole
union
select customer_key from changed_calls where customer_key is not null and not :is_whole
union
select customer_key from changed_activities where customer_key is not null and not :is_whole
union
select d.customer_key from period p
join core.fct_deals d on d.closed_at > p.since - interval '1 year' and d.closed_at <= p.now - interval '1 year'
where d.customer_key is not null and not :is_whole
union
select d.customer_key from period p
join core.fct_deals d on d.closed_at > p.since - interval '2 years' and d.closed_at <= p.now - interval '2 years'
where d.customer_key is not null and not :is_whole;
create unique index on customer_scope (customer_key);
analyze customer_scope;
