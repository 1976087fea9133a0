import type { Knex } from 'knex';

/** What administrators choose in the product, over what pulse.yaml leaves open. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table app.settings (
      key text primary key,
      value jsonb not null,
      changed_by text not null,
      changed_at timestamptz not null default now()
    );
    comment on table app.settings is
      'one row per limit that somebody set in the product; key is its path in pulse.yaml';
    create table app.calendar_days (
      day date primary key,
      is_workday boolean not null,
      changed_by text not null,
      changed_at timestamptz not null default now()
    );
    comment on table app.calendar_days is 'one row per day that is, as somebody said in the product, not what its weekday says';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table app.calendar_days; drop table app.settings');
}
