import type { Knex } from 'knex';

const rowsOf = {
  insert: 'new table as new_rows',
  update: 'old table as old_rows new table as new_rows',
  delete: 'old table as old_rows',
};

/** Customers as pages cut them, and a copy as of the last load, of whose changes their rollups are made. */
export async function up(knex: Knex): Promise<void> {
  // Only regular buyers can be about to leave: a rhythm needs two intervals, and a month's pause says little of anybody.
  await knex.raw(`
    create function core.derived_at() returns timestamptz language sql stable parallel safe
      return (select coalesce(max((value #>> '{}')::timestamptz), now()) from core.settings where key = 'derived.at');
    comment on function core.derived_at is 'the moment that all derived rows hold for';

    create view core.customer_profiles as
    select f.*, 1::numeric as n_sum, (won_deals > 0)::int::numeric as paying_sum,
      (won_deals > 0 and first_purchase_at is not null)::int::numeric as new_sum, (won_deals > 1)::int::numeric as repeat_sum,
      (won_deals > 0 and is_churned)::int::numeric as churned_sum, is_contact_overdue::int::numeric as overdue_sum,
      is_at_risk::int::numeric as risk_sum, won_deals::numeric as purchases_sum,
      case when is_churned then revenue_before_sum end as churned_before_sum,
      case when is_contact_overdue then revenue_year_sum end as overdue_year_sum,
      case when is_at_risk then revenue_year_sum end as risk_year_sum
    from (
      select c.customer_key, c.source_id as customer_id, c.name, c.region, c.industry, c.owner_key,
        coalesce(f.segment, 'occasional') as segment, f.abc, coalesce(f.xyz, 'n/a') as xyz, coalesce(f.bcg, 'n/a') as bcg,
        least(coalesce(k.complaints, 0), 3) as complaints, f.first_purchase_at, f.last_purchase_at, f.last_contact_at,
        coalesce(f.won_deals, 0) as won_deals, coalesce(f.is_churned, false) as is_churned,
        coalesce(f.is_contact_overdue, false) as is_contact_overdue,
        coalesce(f.won_deals > 2 and not f.is_churned and (select core.derived_at()) - f.last_purchase_at > greatest(
          interval '30 days', 1.5 * (f.last_purchase_at - f.first_purchase_at) / (f.won_deals - 1)), false) as is_at_risk,
        extract(epoch from f.last_purchase_at - f.first_purchase_at) / 86400 / nullif(f.won_deals - 1, 0) as usual_days,
        coalesce(f.revenue, 0) as revenue_sum, coalesce(f.gross_profit, 0) as profit_sum,
        coalesce(f.revenue_year, 0) as revenue_year_sum, coalesce(f.revenue_before, 0) as revenue_before_sum
      from core.customers c
      left join core.customer_facts f using (customer_key)
      left join (
        select customer_key, count(*) as complaints from core.fct_complaints
        where not is_deleted and customer_key is not null group by customer_key
      ) k using (customer_key)
      where not c.is_deleted
    ) f;
    comment on view core.customer_profiles is
      'one row per customer: what customers are cut by, and (in what ends in _sum) what may be summed over them';

    create table core.kept_profiles as select * from core.customer_profiles with no data;
    alter table core.kept_profiles add primary key (customer_key);
    create index on core.kept_profiles (owner_key);
    create index on core.kept_profiles (first_purchase_at) where first_purchase_at is not null;
    create index on core.kept_profiles (revenue_year_sum desc) where is_at_risk;
    create index on core.kept_profiles (revenue_before_sum desc) where is_churned;
    comment on table core.kept_profiles is 'one row per customer: the profiles as of the last load';
    insert into ops.watched_tables values ('profiles', 'kept_profiles');

    -- One person's deals, whatever of them is asked that cannot be summed up.
    create index on core.fct_funnel (owner_key) where status = 'open'`);
  for (const [event, rows] of Object.entries(rowsOf)) {
    await knex.raw(`
      create trigger note_${event} after ${event} on core.kept_profiles
        referencing ${rows} for each statement execute function ops.note_changes('profiles')`);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index core.fct_funnel_owner_key_idx;
    delete from ops.watched_tables where changes = 'profiles';
    drop table core.kept_profiles;
    drop view core.customer_profiles;
    drop function core.derived_at`);
}
