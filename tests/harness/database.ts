import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const TEMPLATE = 'pulse_template';

export type Database = {
  name: string;
  url: string;
  /** Runs a statement and gives the rows. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
};

/** A database of one's own: a clone of the migrated template, or an empty one. Drop it in `afterAll`. */
export async function createDatabase({ isEmpty = false } = {}): Promise<Database> {
  const name = `test_${randomBytes(5).toString('hex')}`;
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  await withAdmin(async (admin) => {
    // A template must have no other connection; two clones at once take turns.
    await admin.query('select pg_advisory_lock(7)');
    await admin.query(`create database ${name} template ${isEmpty ? 'template0' : TEMPLATE}`);
  });
  const pool = new pg.Pool({ connectionString: url.href, max: 2 });
  pool.on('error', () => undefined);
  return {
    name,
    url: url.href,
    query: async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []) =>
      (await pool.query<Row>(sql, values)).rows,
    drop: async () => {
      await pool.end();
      await withAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

export async function withAdmin<T>(work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

function adminUrl(): string {
  const url = process.env.PULSE_TEST_PG;
  if (!url) throw new Error('PULSE_TEST_PG is not set: run the tests with "npm test"');
  return url;
}
