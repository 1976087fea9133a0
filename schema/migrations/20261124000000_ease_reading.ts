import type { Knex } from 'knex';

/** Customers as pages cut them: all of them, or those that are not deleted. */
const profiles = (more: string, where: string): string => `
  view core.customer_profiles as
    select customer_key, customer_id, name, region, industry, owner_key, segment, abc, xyz, bcg, complaints, first_purchase_at,
      last_purchase_at, last_contact_at, won_deals, is_churned, is_contact_overdue, is_at_risk, usual_days, revenue_sum,
      profit_sum, revenue_year_sum, revenue_before_sum, 1::numeric as n_sum, (won_deals > 0)::int::numeric as paying_sum,
      (won_deals > 0 and first_purchase_at is not null)::int::numeric as new_sum, (won_deals > 1)::int::numeric as repeat_sum,
      (won_deals > 0 and is_churned)::int::numeric as churned_sum, is_contact_overdue::int::numeric as overdue_sum,
      is_at_risk::int::numeric as risk_sum, won_deals::numeric as purchases_sum,
      case when is_churned then revenue_before_sum end as churned_before_sum,
      case when is_contact_overdue then revenue_year_sum end as overdue_year_sum,
      case when is_at_risk then revenue_year_sum end as risk_year_sum${more}
    from (
      select c.customer_key, c.source_id as customer_id, c.name, c.region, c.industry, c.owner_key, c.is_deleted,
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
      where ${where}
    ) p`;

/** What questions of pages are answered by where sums by day cannot: customers behind deals and steps, late answers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function core.response_limit() returns interval language sql stable parallel safe
      return make_interval(secs => 3600 * coalesce(
        (select value::text::float8 from core.settings where key = 'limits.first_response_hours'), 24));
    comment on function core.response_limit is 'how long the first response to a deal may take';

    alter table core.fct_funnel add column customer_key bigint;

    -- What no sum by day answers (medians, two filters at once) is read from the rows of one owner or of the period: an index
    -- by both serves either, since PostgreSQL skips from owner to owner.
    drop index core.fct_funnel_created_at_idx;
    create index on core.fct_funnel (owner_key, created_at);
    create index on core.fct_funnel (owner_key, closed_at);
    create index fct_funnel_waiting_idx on core.fct_funnel ((case when is_current then entered_at end))
      where is_current;
    create index on core.fct_complaints (resolved_at);
    create index fct_complaints_open_idx on core.fct_complaints (employee_key) where status in ('new', 'in_progress');

    -- Deals outlive their customers, and are cut by what these were.
    create or replace ${profiles(', is_deleted', 'true')};
    alter table core.kept_profiles add column is_deleted boolean not null default false;
    comment on view core.customer_profiles is
      'one row per customer, deleted ones too: what customers are cut by, and (in what ends in _sum) what may be summed over them'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop schema rollup cascade;
    create schema rollup;
    delete from core.settings where key = 'derived.for';
    drop view core.customer_profiles;
    create ${profiles('', 'not c.is_deleted')};
    delete from core.kept_profiles where is_deleted;
    alter table core.kept_profiles drop column is_deleted;
    drop index core.fct_funnel_owner_key_created_at_idx, core.fct_funnel_owner_key_closed_at_idx, core.fct_funnel_waiting_idx,
      core.fct_complaints_resolved_at_idx, core.fct_complaints_open_idx;
    create index on core.fct_funnel (created_at);
    alter table core.fct_funnel drop column customer_key;
    drop function core.response_limit`);
}
