import pg from 'pg';
import { SourceError } from '../connectors/connector.ts';
import { identifier } from '../sql-text.ts';
import type { Sample } from './sample.ts';

const mostRows = 5000;
const mostTables = 200;

/** Looks at the tables and views of a PostgreSQL database, read-only: the first rows of each. */
export async function readTables(
  url: string,
): Promise<{ samples: Sample[]; skipped: { from: string; why: string }[] }> {
  // Texts as the database prints them, as loading reads them.
  const types = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig;
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-init', types });
  try {
    await client.connect();
  } catch (error) {
    const { code } = error as { code?: string };
    throw new SourceError(
      code === 'ECONNREFUSED' || code === 'ENOTFOUND'
        ? 'nothing answers at this address: is the database up?'
        : 'the database does not let us in: check user, password and name',
    );
  }
  try {
    await client.query(`set default_transaction_read_only = on; set timezone = 'UTC'; set datestyle = 'ISO'`);
    const { rows: tables } = await client.query<{ schema: string; name: string; is_near: string }>(
      `select table_schema as schema, table_name as name, table_schema = any (current_schemas(false)) as is_near
       from information_schema.tables
       where table_schema not in ('pg_catalog', 'information_schema') and table_schema !~ '^pg_'
       order by 1, 2 limit ${mostTables}`,
    );
    const samples: Sample[] = [];
    const skipped: { from: string; why: string }[] = [];
    for (const { schema, name, is_near } of tables) {
      const table = `${identifier(schema)}.${identifier(name)}`;
      const from = is_near === 't' ? name : `${schema}.${name}`;
      try {
        const { rows, fields } = await client.query<(string | null)[]>({
          text: `select * from ${table} limit ${mostRows}`,
          rowMode: 'array',
        });
        const columns = fields.map((field) => field.name);
        samples.push({ from, columns, rows, isWhole: rows.length < mostRows });
      } catch (error) {
        skipped.push({ from, why: (error as Error).message });
      }
    }
    return { samples, skipped };
  } finally {
    await client.end();
  }
}
