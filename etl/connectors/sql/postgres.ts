import knex, { type Knex } from 'knex';
import type { SqlSource } from '../../config.ts';
import type { Dialect } from '../sql.ts';
import { literal } from '../../sql-text.ts';

type Connection = { query(sql: string, done: (error?: Error) => void): void };

const silent = (): void => {};

/** knex takes a question mark for a binding; PostgreSQL has operators of that name. */
const keepMarks = (query: string): string => query.replaceAll('?', '\\?');

export async function openPostgres({ connection, timeout_s }: SqlSource): Promise<Dialect> {
  const db = knex({
    client: 'pg',
    // Every error is thrown as well, and told without the address.
    log: { warn: silent, error: silent, deprecate: silent, debug: silent },
    connection: {
      connectionString: connection,
      application_name: 'pulse-etl',
      // Values stay texts as the database prints them, so that no host's time zone or float touches them.
      types: { getTypeParser: () => (value: string) => value },
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: 1,
      afterCreate: (connection: Connection, done: (error?: Error) => void) =>
        connection.query(
          `set default_transaction_read_only = on; set timezone = 'UTC'; set datestyle = 'ISO';
           set standard_conforming_strings = on; set statement_timeout = ${timeout_s * 1000}`,
          done,
        ),
    },
  });
  return {
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    async columns(inner) {
      const probe = await db.raw(keepMarks(`select * from ${inner} limit 0`));
      return (probe.fields as { name: string }[]).map((field) => field.name);
    },
    literal,
    stream: (query) =>
      db.raw(keepMarks(query)).stream({ highWaterMark: 2000 }) as AsyncIterable<Record<string, unknown>>,
    close: () => db.destroy(),
  };
}
