import type { Knex } from 'knex';

/** What a load changes in these is seen by what is derived from them; the key is the name of the table of changes. */
const watched: Record<string, string> = {
  deals: 'fct_deals',
  stage_events: 'fct_deal_stage_events',
  touchpoints: 'fct_touchpoints',
  calls: 'fct_calls',
  activities: 'fct_activities',
  spend: 'fct_marketing_spend',
  complaints: 'fct_complaints',
  responses: 'fct_survey_responses',
  invoices: 'fct_invoices',
  payments: 'fct_payments',
  plans: 'fct_plans',
  calendar: 'calendar_days',
  teams: 'dim_teams',
  employees: 'dim_employees',
  customers: 'dim_customers',
  products: 'dim_products',
  stages: 'dim_stages',
  campaigns: 'dim_campaigns',
  funnel: 'fct_funnel',
};

const rowsOf = {
  insert: 'new table as new_rows',
  update: 'old table as old_rows new table as new_rows',
  delete: 'old table as old_rows',
};

/** Change tables: a load costs by what it changes, not by what is there. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ops.watched_tables (changes text primary key, table_name text not null);
    comment on table ops.watched_tables is
      'one row per table of core whose changes a load collects, and the temporary table that takes them';

    -- A load opens temporary tables of changes; a first load opens none, and this does nothing.
    create function ops.note_changes() returns trigger language plpgsql as $$
    declare
      target regclass := (select c.oid from pg_class c
        where c.oid = to_regclass(format('pg_temp.changed_%s', tg_argv[0])) and c.relkind = 'r');
    begin
      if target is null then return null; end if;
      if tg_op <> 'INSERT' then execute format('insert into %s select o.*, -1 from old_rows o', target); end if;
      if tg_op <> 'DELETE' then execute format('insert into %s select n.*, 1 from new_rows n', target); end if;
      return null;
    end $$;
    comment on function ops.note_changes is
      'writes each row as it was (sign −1) and as it is now (sign 1): sums over both are the change of a sum';
  `);
  for (const [name, table] of Object.entries(watched)) {
    await knex.raw('insert into ops.watched_tables values (?, ?)', [name, table]);
    for (const [event, rows] of Object.entries(rowsOf)) {
      await knex.raw(`
        create trigger note_${event} after ${event} on core.${table}
          referencing ${rows} for each statement execute function ops.note_changes('${name}')`);
    }
  }
  await knex.raw(`
    create function core.utm_id(source text, medium text, campaign text) returns text
      language sql immutable parallel safe
      return coalesce(lower(btrim(source)), '') || '|' || coalesce(lower(btrim(medium)), '') || '|'
        || coalesce(lower(btrim(campaign)), '');
    comment on function core.utm_id is 'UTM values as deals, spend and campaigns are compared by; nothing at all is ||';

    create function core.months_between(earlier date, later date) returns integer
      language sql immutable strict parallel safe
      return (extract(year from later) - extract(year from earlier)) * 12 + extract(month from later) - extract(month from earlier);

    create function core.derived_for() returns text
      language sql stable
      return (
        select md5(string_agg(key || value::text, '|' order by key)) || '|'
          || date_trunc('month', now() at time zone (select value #>> '{}' from core.settings where key = 'reporting.timezone'))::date
        from core.settings where key in ('reporting.timezone', 'reporting.currency') or key like 'limits.%'
      );
    comment on function core.derived_for is
      'the settings and the month that all derived rows hold for; with others everything is derived anew';

    -- Tables of sums that Cube asks in place of the facts; the load that changes a fact changes them too.
    create schema rollup;
    create table ops.rollup_misses (
      members text primary key,
      reason text not null,
      asked bigint not null,
      last_at timestamptz not null
    );
    comment on table ops.rollup_misses is
      'one row per kind of question (measures | cuts | filters) that no rollup could answer, and why';

    -- The deal's own columns, so that a change of the funnel is known from its own rows.
    alter table core.fct_funnel add column created_at timestamptz, add column closed_at timestamptz,
      add column owner_key bigint, add column product_key bigint, add column campaign_key bigint,
      add column status text, add column amount numeric, add column lost_reason text;
    create index on core.fct_funnel (stage_key, days) where is_passed and days is not null;
    create index on core.fct_funnel (created_at);
    create index fct_deals_open_idx on core.fct_deals (owner_key, customer_key, source)
      where status = 'open' and not is_deleted and not is_test;
    create index fct_deals_won_idx on core.fct_deals (closed_at, owner_key, customer_key, deal_key, source)
      where status = 'won' and not is_deleted and not is_test;
    create index on core.fct_activities (due_at) where kind = 'task' and done_at is null;
    create table core.stage_norms (stage_key bigint primary key, win_rate numeric, days_90 float8);
    comment on table core.stage_norms is 'one row per open stage with deals: what became of them, and how long is long';
    alter table core.fct_calls add column is_returned boolean not null default false;
    comment on column core.fct_calls.is_returned is 'a missed call that was called back within the limit';

    -- Ways from what changed to what hangs on it.
    create index on core.fct_calls (customer_key, started_at);
    create index on core.fct_touchpoints (at);
    ${['deals', 'touchpoints', 'marketing_spend']
      .map(
        (fact) =>
          `create index on core.fct_${fact} (core.utm_id(utm_source, utm_medium, utm_campaign))
             where campaign_id is null and core.utm_id(utm_source, utm_medium, utm_campaign) <> '||';`,
      )
      .join('\n')}
    ${['deal_stage_events', 'touchpoints', 'calls', 'activities', 'complaints', 'invoices', 'payments']
      .map(
        (fact) =>
          `create index on core.fct_${fact} (source, deal_id) where deal_key is null and deal_id is not null;`,
      )
      .join('\n')}

    alter table core.customer_facts add column revenue_before numeric not null default 0;
    create index on core.customer_facts (revenue_year desc) where revenue_year > 0;
    create index on core.customer_facts (last_purchase_at) where not is_churned and last_purchase_at is not null;
    create index on core.customer_facts (segment, last_contact_at) where not is_contact_overdue;

    create table core.customer_months (
      customer_key bigint not null,
      month date not null,
      cohort date not null,
      owner_key bigint,
      revenue numeric not null,
      gross_profit numeric not null,
      primary key (customer_key, month)
    );
    comment on table core.customer_months is
      'one row per customer and month of the reporting zone with a won deal; cohort is the first of them';

    create table core.cohort_months (
      cohort date not null,
      owner_key bigint,
      months_since integer not null,
      active bigint not null,
      revenue numeric not null,
      gross_profit numeric not null,
      unique nulls not distinct (cohort, owner_key, months_since)
    );
    comment on table core.cohort_months is
      'one row per cohort, owner of the customers and month since with a won deal: sums over customer_months';

    create table core.month_facts (
      metric text not null,
      month date not null,
      scope_kind text not null check (scope_kind in ('company', 'employee', 'product', 'campaign', 'channel')),
      scope text not null default '',
      facts bigint not null,
      value numeric not null,
      primary key (metric, month, scope_kind, scope)
    );
    comment on table core.month_facts is
      'one row per metric that can be planned, month and scope: its value, and of how many records';
  `);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of Object.values(watched)) {
    for (const event of Object.keys(rowsOf)) await knex.raw(`drop trigger note_${event} on core.${table}`);
  }
  await knex.raw(`
    drop schema rollup cascade;
    drop table core.stage_norms;
    drop table ops.rollup_misses;
    alter table core.fct_funnel drop column created_at, drop column closed_at, drop column owner_key, drop column product_key,
      drop column campaign_key, drop column status, drop column amount, drop column lost_reason;
    drop index core.fct_deals_open_idx, core.fct_deals_won_idx, core.fct_activities_due_at_idx;
    alter table core.fct_calls drop column is_returned;
    drop index core.fct_deals_utm_id_idx, core.fct_touchpoints_utm_id_idx, core.fct_marketing_spend_utm_id_idx;
    drop function ops.note_changes, core.utm_id, core.months_between, core.derived_for;
    drop table ops.watched_tables, core.customer_months, core.cohort_months, core.month_facts;
    alter table core.customer_facts drop column revenue_before;
    drop index core.fct_calls_customer_key_started_at_idx, core.fct_touchpoints_at_idx;
  `);
}
