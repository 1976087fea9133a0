import pg from 'pg';
import { bumpVersion } from './records.ts';
import { transformFirst } from './transform.ts';

/** One lock for the part of a run that readers see: landings go on side by side, merges follow each other. */
export const publishLock = 0x70756c73;

/** A session for loading. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-etl' });
  await client.connect();
  await client.query(`
    set timezone = 'UTC'; set work_mem = '128MB'; set client_min_messages = warning;
    set client_connection_check_interval = '2s'`);
  return client;
}

/** Derives what all sources have brought, on as many connections as a query of the warehouse may take cores. */
export async function publishFirst(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ helpers: number }>(
    `select least(current_setting('max_parallel_workers_per_gather')::int, 3) as helpers`,
  );
  const helpers: pg.Client[] = [];
  await client.query('select pg_advisory_lock($1)', [publishLock]);
  try {
    for (let i = 0; i < (rows[0]?.helpers ?? 0); i++) helpers.push(await connect(url));
    await transformFirst([client, ...helpers], () => bumpVersion(client));
  } finally {
    for (const helper of helpers) await helper.end();
    await client.query('rollback');
    await client.query('select pg_advisory_unlock($1)', [publishLock]);
  }
}
