import type { Knex } from 'knex';

/** Where the percentile of each stage stood at the last load, so that the next one is found near it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table core.stage_norms add column edge numeric, add column longer bigint, add column equal bigint;
    comment on column core.stage_norms.edge is
      'the longer of the two stays that the percentile lies between, with how many were longer and how many as long'`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table core.stage_norms drop column edge, drop column longer, drop column equal');
}
