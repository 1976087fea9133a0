import type { Knex } from 'knex';

/** Profiles of few customers cost by those few; who is at risk by the clock alone is found by an index. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create function core.risk_begins(first timestamptz, last timestamptz, won integer) returns timestamptz
      language sql immutable parallel safe
      return last + make_interval(secs =>
        greatest(30 * 86400, 1.5 * extract(epoch from last - first) / nullif(won - 1, 0))::float8);
    comment on function core.risk_begins is 'when a regular buyer has been silent for too long, to the millisecond';
    create index on core.kept_profiles (core.risk_begins(first_purchase_at, last_purchase_at, won_deals))
      where won_deals > 2 and not is_churned and not is_at_risk`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop index core.kept_profiles_risk_begins_idx;
    drop function core.risk_begins`);
}
