import type { Knex } from 'knex';

/** Whom the systems mean by their records: what a record is known by, who is the same, and what people decided. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table core.dim_customers add column master_id text, add column same_as bigint;
    alter table core.dim_employees add column master_id text, add column extension text, add column same_as bigint;
    comment on column core.dim_customers.same_as is
      'the customer that this record is another copy of, and whose key facts carry; null where it is that itself';
    comment on column core.dim_employees.same_as is
      'the employee that this record is another copy of, and whose key facts carry; null where it is that itself';
    create index on core.dim_customers (same_as) where same_as is not null;
    create index on core.dim_customers (master_id) where master_id is not null;
    create index on core.dim_customers (owner_key) where owner_key is not null;
    create index on core.dim_employees (same_as) where same_as is not null;
    create index on core.dim_employees (master_id) where master_id is not null;

    -- Ways from a customer or employee to the facts that carry its key.
    create index on core.fct_complaints (customer_key) where customer_key is not null;
    create index on core.fct_complaints (employee_key) where employee_key is not null;
    create index on core.fct_survey_responses (customer_key) where customer_key is not null;
    create index on core.fct_survey_responses (employee_key) where employee_key is not null;

    alter table ops.sources add column position integer not null default 0;
    comment on column ops.sources.position is 'place in the settings: what several sources tell is taken from the first';

    create table ops.stream_refs (
      source text not null,
      stream text not null,
      field text not null,
      ref_source text not null,
      primary key (source, stream, field)
    );
    comment on table ops.stream_refs is 'one row per reference field that holds the ids of another source';

    create table ops.phones (
      raw text not null,
      number text not null,
      primary key (raw, number)
    );
    create index on ops.phones (number) where number <> '';
    comment on table ops.phones is
      'one row per spelling of a phone and number in it, as E.164 with ;ext=; the empty number where none is valid';

    create table ops.identifiers (
      entity text not null check (entity in ('customers', 'employees')),
      key bigint not null,
      kind text not null check (kind in ('email', 'phone', 'extension', 'id')),
      value text not null,
      is_active boolean not null default true,
      primary key (entity, key, kind, value)
    );
    create index on ops.identifiers (entity, kind, value);
    comment on table ops.identifiers is
      'one row per record and what it is known by; not active where a deleted record stands behind a living one';

    create table ops.shared_identifiers (
      entity text not null,
      kind text not null,
      value text not null,
      records integer not null,
      is_open boolean not null default false,
      primary key (entity, kind, value)
    );
    create index on ops.shared_identifiers (entity) where is_open;
    comment on table ops.shared_identifiers is
      'one row per identifier that records known to be different share: it joins nobody; open while a person may decide';

    create table ops.common_identifiers (
      entity text not null check (entity in ('customers', 'employees')),
      kind text not null check (kind in ('email', 'phone', 'extension')),
      value text not null,
      is_common boolean not null,
      decided_by text not null,
      decided_at timestamptz not null default now(),
      is_applied boolean not null default false,
      primary key (entity, kind, value)
    );
    create index on ops.common_identifiers (entity) where not is_applied;
    comment on table ops.common_identifiers is
      'one row per identifier that a person has called nobody''s own, such as a switchboard; not common where that was taken back';

    create table ops.identity_conflicts (
      entity text not null,
      key bigint not null,
      conflict_key bigint not null,
      primary key (entity, key)
    );
    create index on ops.identity_conflicts (entity, conflict_key);
    comment on table ops.identity_conflicts is
      'one row per record of a chain of matches that contradicts itself; conflict_key is the smallest key of the chain';

    create table ops.identity_decisions (
      entity text not null check (entity in ('customers', 'employees')),
      source_a text not null,
      id_a text not null,
      source_b text not null,
      id_b text not null,
      verdict text not null check (verdict in ('same', 'different', 'undecided')),
      decided_by text not null,
      decided_at timestamptz not null default now(),
      comment text,
      is_applied boolean not null default false,
      primary key (entity, source_a, id_a, source_b, id_b),
      check ((source_a collate "C", id_a collate "C") < (source_b collate "C", id_b collate "C"))
    );
    create index on ops.identity_decisions (entity, source_b, id_b);
    create index on ops.identity_decisions (entity) where not is_applied;
    comment on table ops.identity_decisions is
      'one row per pair of records that a person has decided about, undecided where that was taken back; outlives the records';

    create table ops.identity_counts (
      entity text primary key,
      matched integer not null,
      groups integer not null,
      open integer not null
    );
    comment on table ops.identity_counts is
      'one row per entity: records that are a copy of another, those that have copies, and open questions, as of the last load';

    create table ops.identity_gaps (
      entity text not null,
      key bigint not null,
      filled jsonb not null,
      primary key (entity, key)
    );
    comment on table ops.identity_gaps is
      'one row per customer or employee that lacks what its other copies tell, and what they tell';

    create view core.customers as
      select c.customer_key, c.source, c.source_id, c.name,
        coalesce(c.kind, g.filled ->> 'kind') as kind,
        coalesce(c.industry, g.filled ->> 'industry') as industry,
        coalesce(c.region, g.filled ->> 'region') as region,
        coalesce(c.email, g.filled ->> 'email') as email,
        coalesce(c.phone, g.filled ->> 'phone') as phone,
        coalesce(c.owner_key, (g.filled ->> 'owner_key')::bigint) as owner_key,
        coalesce(c.created_at, (g.filled ->> 'created_at')::timestamptz) as created_at,
        c.is_inferred, c.is_deleted
      from core.dim_customers c
      left join ops.identity_gaps g on g.entity = 'customers' and g.key = c.customer_key
      where c.same_as is null;
    comment on view core.customers is
      'one row per customer, in however many systems; what the first of them does not tell comes from the others';

    create view core.employees as
      select e.employee_key, e.source, e.source_id, e.name,
        coalesce(e.email, g.filled ->> 'email') as email,
        coalesce(e.extension, g.filled ->> 'extension') as extension,
        coalesce(e.team_key, (g.filled ->> 'team_key')::bigint) as team_key,
        coalesce(e.role, g.filled ->> 'role') as role,
        coalesce(e.hired_at, (g.filled ->> 'hired_at')::date) as hired_at,
        coalesce(e.left_at, (g.filled ->> 'left_at')::date) as left_at,
        e.is_inferred, e.is_deleted
      from core.dim_employees e
      left join ops.identity_gaps g on g.entity = 'employees' and g.key = e.employee_key
      where e.same_as is null;
    comment on view core.employees is
      'one row per employee, in however many systems; what the first of them does not tell comes from the others';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop view core.customers, core.employees;
    drop table ops.identity_gaps, ops.identity_counts, ops.identity_decisions, ops.identity_conflicts,
      ops.common_identifiers, ops.shared_identifiers, ops.identifiers, ops.phones, ops.stream_refs;
    alter table ops.sources drop column position;
    alter table core.dim_customers drop column master_id, drop column same_as;
    alter table core.dim_employees drop column master_id, drop column extension, drop column same_as;
    drop index core.dim_customers_owner_key_idx, core.fct_complaints_customer_key_idx, core.fct_complaints_employee_key_idx,
      core.fct_survey_responses_customer_key_idx, core.fct_survey_responses_employee_key_idx;
  `);
}
