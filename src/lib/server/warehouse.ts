import knex, { type Knex } from 'knex';
import pg from 'pg';
import { env } from './env.ts';

// A day must not become midnight of the host's zone, and a count is a number.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
});

let known: Knex | null = null;

/** The app's own tables and what loading says about itself. Figures come from Cube, never from here. */
export function warehouse(): Knex {
  known ??= knex({
    client: 'pg',
    connection: { connectionString: env().warehouseUrl, application_name: 'pulse' },
    pool: { min: 0, max: 10 },
    acquireConnectionTimeout: 10_000,
  });
  return known;
}

export async function close(): Promise<void> {
  const closing = known;
  known = null;
  await closing?.destroy();
}
