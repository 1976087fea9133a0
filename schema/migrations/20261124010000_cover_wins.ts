import type { Knex } from 'knex';

const index = (more: string): string => `
  drop index core.fct_deals_won_idx;
  create index fct_deals_won_idx on core.fct_deals (closed_at, owner_key, customer_key, deal_key, source) ${more}
    where status = 'won' and not is_deleted and not is_test`;

/** Who bought in a period is told by the index alone, whatever else is filtered for. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(index('include (status, campaign_key, product_key, stage_key)'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(index(''));
}
