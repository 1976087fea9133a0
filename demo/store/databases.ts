import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Company } from '../company/types.ts';
import { declare, encode, index, type Table } from './tables.ts';

export function addressOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** What the databases say of themselves; null where there is none or it was never finished. */
export async function readMarks(adminUrl: string, names: string[]): Promise<Map<string, string | null>> {
  return connected(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string; mark: string | null }>(
      `select datname, shobj_description(oid, 'pg_database') as mark from pg_database where datname = any($1)`,
      [names],
    );
    return new Map(rows.map((row) => [row.datname, row.mark]));
  });
}

export async function createDatabase(adminUrl: string, name: string): Promise<void> {
  await connected(adminUrl, (client) =>
    client.query(`create database ${name} template template0 encoding 'UTF8'`),
  );
}

/** Replaces all tables at once: a reader sees the old company or the new one, and the mark comes with the rows. */
export async function fill(
  url: string,
  name: string,
  tables: Table[],
  company: Company,
  mark: string,
): Promise<void> {
  await connected(url, async (client) => {
    await client.query(`set synchronous_commit = off; set lock_timeout = '60s'; begin`);
    await client.query('drop schema if exists public cascade; create schema public');
    for (const table of tables) {
      await client.query(declare(table));
      const target = client.query(
        copyFrom(`copy ${table.name} (${Object.keys(table.columns).join(', ')}) from stdin`),
      );
      await pipeline(Readable.from(encode(table, company)), target);
      for (const statement of index(table)) await client.query(statement);
    }
    await client.query(`comment on database ${name} is ${pg.escapeLiteral(mark)}`);
    await client.query('commit');
    await client.query('analyze');
  });
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'demo' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
