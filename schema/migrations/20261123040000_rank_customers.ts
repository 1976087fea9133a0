import type { Knex } from 'knex';

/** Where the lines between classes of customers stood at the last load, so that those of the next are found near them. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table core.customer_ranking (total numeric not null, total_before numeric not null, buyers bigint not null);
    comment on table core.customer_ranking is
      'one row: revenue of the trailing year and of the year before, and who bought in the former, as of the last load';
    create table core.customer_edges (
      share numeric primary key,
      revenue_year numeric not null,
      source text not null,
      source_id text not null,
      reached numeric not null
    );
    comment on table core.customer_edges is
      'one row per share of the revenue of the trailing year: the last customer, sorted from the largest, that begins below it, '
      'and what is reached with that one';
    create function core.is_within(revenue_year numeric, source text, source_id text, edge core.customer_edges) returns boolean
      language sql immutable parallel safe
      return revenue_year > edge.revenue_year
        or revenue_year = edge.revenue_year and (source, source_id) <= (edge.source, edge.source_id);
    comment on function core.is_within is 'whether a customer stands at an edge or before it';
    create index customer_facts_growth_idx on core.customer_facts ((revenue_year / revenue_before))
      where revenue_year > 0 and revenue_before > 0`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index core.customer_facts_growth_idx;
    drop function core.is_within;
    drop table core.customer_edges, core.customer_ranking`);
}
