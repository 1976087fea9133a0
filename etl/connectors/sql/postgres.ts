import type { LookupFunction } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import QueryStream from 'pg-query-stream';
import type { SqlSource } from '../../config.ts';
import { literal } from '../../sql-text.ts';
import type { Request } from '../connector.ts';
import { openSocket } from '../remote/guard.ts';
import type { Dialect } from '../sql.ts';

/**
 * The rows of a query as they come. They end when the session does: left to itself the stream would wait for the
 * server to close its cursor, for ever if the server is gone.
 */
export function streamRows(client: pg.Client, query: string, values: unknown[] = []): QueryStream {
  const rows = new QueryStream(query, values, { highWaterMark: 2000 });
  rows._destroy = (error, done: (error: Error | null) => void) => done(error);
  const end = (error?: Error): void => {
    rows.destroy(error ?? Object.assign(new Error('the session ended'), { code: '57P01' }));
  };
  client.on('error', end);
  client.on('end', () => end());
  return client.query(rows);
}

export async function openPostgres(
  { connection, timeout_s }: SqlSource,
  _: Request,
  lookup?: LookupFunction,
): Promise<Dialect> {
  const client = new pg.Client({
    connectionString: connection,
    application_name: 'pulse-etl',
    connectionTimeoutMillis: 15_000,
    keepAlive: true,
    stream: () => openSocket(lookup),
    // Values stay texts as the database prints them, so that no host's time zone or float touches them.
    types: { getTypeParser: () => (value: string) => value },
  } as pg.ClientConfig);
  let rows: QueryStream | null = null;
  // Errors come with the promises and streams; without a listener they would end the process.
  client.on('error', () => undefined);
  const close = async (): Promise<void> => {
    rows?.destroy();
    // A server that no longer answers does not say goodbye either.
    await Promise.race([client.end().catch(() => undefined), sleep(1000, undefined, { ref: false })]);
  };
  try {
    await client.connect();
    await client.query(`
      set default_transaction_read_only = on; set timezone = 'UTC'; set datestyle = 'ISO';
      set standard_conforming_strings = on; set statement_timeout = ${timeout_s * 1000}`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    quote: (name) => `"${name.replaceAll('"', '""')}"`,
    columns: async (inner) =>
      (await client.query(`select * from ${inner} limit 0`)).fields.map(({ name }) => name),
    literal,
    stream: (query) => (rows = streamRows(client, query)) as AsyncIterable<Record<string, unknown>>,
    close,
  };
}
