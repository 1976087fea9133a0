import pg from 'pg';
import { openChanges, transform } from '../../../etl/transform.ts';

type Ask = (sql: string, values: unknown[]) => Promise<unknown>;

/** Changes core and derives from what changed, in one transaction, as a load does. */
export async function load(url: string, work: (query: Ask) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await openChanges(client);
    await work((sql, values) => client.query(sql, values));
    await transform(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
