import type { Knex } from 'knex';

/**
 * What is known at all: entities that a source has loaded, be it without a single row, or that have rows. A figure
 * counted from others is neither 0 nor an error but "not connected".
 */
export async function up(knex: Knex): Promise<void> {
  // Not SQL but plpgsql: that keeps the plan.
  await knex.raw(`
    create function core.connected() returns text[] language plpgsql stable parallel safe as $$
    begin
      return array(
        select unnest(entities) from ops.sources where fresh_at is not null
        union all select 'customers' where exists (select from core.dim_customers)
        union all select 'stages' where exists (select from core.dim_stages)
        union all select 'deals' where exists (select from core.fct_deals)
        union all select 'deal_stage_events' where exists (select from core.fct_deal_stage_events)
        union all select 'touchpoints' where exists (select from core.fct_touchpoints)
        union all select 'calls' where exists (select from core.fct_calls)
        union all select 'activities' where exists (select from core.fct_activities)
        union all select 'marketing_spend' where exists (select from core.fct_marketing_spend)
        union all select 'mailings' where exists (select from core.fct_mailings)
        union all select 'complaints' where exists (select from core.fct_complaints)
        union all select 'survey_responses' where exists (select from core.fct_survey_responses)
        union all select 'invoices' where exists (select from core.fct_invoices)
        union all select 'payments' where exists (select from core.fct_payments)
        union all select 'plans' where exists (select from core.fct_plans) or exists (select from core.fct_plan_fact)
        union all select 'assessments' where exists (select from core.fct_assessments)
      );
    end $$;

    -- Nearly always the sources alone can tell, and every measure of every question asks.
    create function core.is_connected(needs text[], is_any boolean default false) returns boolean
    language plpgsql stable parallel safe as $$
    declare known text[] := array(select unnest(entities) from ops.sources where fresh_at is not null);
    begin
      if known @> needs or (is_any and known && needs) then return true; end if;
      known := core.connected();
      return known @> needs or (is_any and known && needs);
    end $$;
    comment on function core.connected() is 'the entities of which something is known, if only that there is nothing';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function core.is_connected; drop function core.connected');
}
