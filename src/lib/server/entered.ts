import type { Knex } from 'knex';

/**
 * Makes the source due that the worker reads from what people enter in the product (etl/entered.ts).
 * The line is what a worker that starts would write: it must not think the schedule new.
 */
export async function callEntered(trx: Knex.Transaction, timezone: string): Promise<void> {
  await trx.raw(
    `insert into ops.sources (source, position, kind, schedule, entities, due_line, due_at)
     select 'pulse_plans', coalesce(max(position), 0) + 1, 'entered', '20 4 * * *', '{plans,calendar}',
            '20 4 * * * ' || ?, clock_timestamp()
       from ops.sources
     on conflict (source) do update set due_at = excluded.due_at, is_configured = true`,
    [timezone],
  );
}
