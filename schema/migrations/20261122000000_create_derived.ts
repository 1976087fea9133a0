import type { Knex } from 'knex';

/** What is derived from the facts beyond the funnel: classes of customers, cohorts, shared credit. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table core.customer_facts
      add column xyz text not null default 'n/a' check (xyz in ('X', 'Y', 'Z', 'n/a')),
      add column bcg text not null default 'n/a'
        check (bcg in ('star', 'cash_cow', 'question_mark', 'dog', 'n/a'));

    create table core.fct_cohorts (
      cohort date not null,
      months_since integer not null,
      owner_key bigint,
      customers integer not null,
      active integer not null,
      revenue numeric not null,
      gross_profit_to_date numeric not null,
      is_complete boolean not null,
      unique nulls not distinct (cohort, owner_key, months_since)
    );
    comment on table core.fct_cohorts is
      'one row per month of first purchase, owner of the customers and month since, months without a sale included';

    create table core.fct_attribution (
      source text not null,
      deal_id text not null,
      deal_key bigint not null,
      model text not null
        check (model in ('last_touch', 'first_touch', 'linear', 'position_based', 'time_decay')),
      campaign_key bigint,
      credit numeric not null,
      unique nulls not distinct (source, deal_id, model, campaign_key)
    );
    create index on core.fct_attribution (model, deal_key);
    comment on table core.fct_attribution is
      'one row per deal with touches, model and campaign that shares in it; credits sum to exactly 1 in each model';

    -- Most deals have no touch: their credit is the same in all models, and would be five rows each.
    create view core.deal_credits as
      select source, deal_id, deal_key, model, campaign_key, credit from core.fct_attribution
      union all
      select d.source, d.source_id, d.deal_key, m.model, d.campaign_key, 1::numeric
      from core.fct_deals d
      cross join (values ('last_touch'), ('first_touch'), ('linear'), ('position_based'), ('time_decay')) m(model)
      where not d.is_test and not d.is_deleted
        and not exists (select from core.fct_attribution a where a.deal_key = d.deal_key and a.model = m.model);
    comment on view core.deal_credits is
      'one row per deal, model and campaign that shares in it; a deal without touches belongs to its own campaign';

    create function core.sum_values(parts jsonb) returns numeric
      language sql immutable strict parallel safe
      return (select sum(p.value::numeric) from jsonb_each_text(parts) p);
    comment on function core.sum_values is
      'sum of one value per key: what jsonb_object_agg has kept of each, however often it was joined';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function core.sum_values;
    drop view core.deal_credits;
    drop table core.fct_attribution, core.fct_cohorts;
    alter table core.customer_facts drop column xyz, drop column bcg;
  `);
}
