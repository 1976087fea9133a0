import type { Client } from 'pg';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { LandedRow, Landing } from './connectors/connector.ts';
import { identifier, literal } from './sql-text.ts';

export type Landed = {
  /** staging table, qualified and quoted */
  table: string;
  /** staging column of each column of the source */
  columns: Map<string, string>;
  read: number;
};

const chunkSize = 1 << 18;

/**
 * Puts a stream into its staging table as it came: one text column per column of the source, with the position of
 * each row. What landed stays until the next landing of the same stream, so that a figure can be followed back.
 */
export async function land(
  client: Client,
  source: string,
  stream: string,
  landing: Landing,
): Promise<Landed> {
  const table = `staging.${identifier(`${source}__${stream}`.slice(0, 63))}`;
  const columns = nameColumns(landing.columns);
  const names = [...columns.values()].map(identifier);
  await client.query(`drop table if exists ${table}`);
  await client.query(`
    create unlogged table ${table} (
      _n bigint generated always as identity, _position text not null, _problem text, _row jsonb
      ${names.map((name) => `, ${name} text`).join('')}
    ) with (autovacuum_enabled = false)`);
  await client.query(
    `comment on table ${table} is ${literal(`landing of ${source}.${stream}: one row per row read`)}`,
  );
  let read = 0;
  const counted = async function* (): AsyncGenerator<LandedRow> {
    for await (const row of landing.rows) {
      read++;
      yield row;
    }
  };
  const into = copyFrom(
    `copy ${table} (_position, _problem, _row${names.map((n) => `, ${n}`).join('')}) from stdin`,
  );
  await pipeline(Readable.from(encode(counted())), client.query(into));
  await client.query(`analyze ${table}`);
  return { table, columns, read };
}

/** Rows in PostgreSQL's COPY text form, in chunks large enough that the socket is not woken for each. */
export async function* encode(rows: AsyncIterable<LandedRow>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${cell(row.position)}\t${cell(row.problem ?? null)}\t${cell(row.raw?.replaceAll('\\u0000', '') ?? null)}`;
    for (const value of row.values) chunk += `\t${cell(value)}`;
    chunk += '\n';
    if (chunk.length > chunkSize) {
      yield Buffer.from(chunk);
      chunk = '';
    }
  }
  if (chunk) yield Buffer.from(chunk);
}

// PostgreSQL keeps no NUL in a text, nor half of a surrogate pair.
const special = /[\\\t\n\r\0]/;
function cell(value: string | null): string {
  if (value === null) return '\\N';
  const text = value.isWellFormed() ? value : value.toWellFormed();
  if (!special.test(text)) return text;
  return text.replace(
    /[\\\t\n\r\0]/g,
    (c) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[c] ?? '',
  );
}

/** PostgreSQL cuts names at 63 bytes: a column keeps its name where that is safe, else it is numbered. */
function nameColumns(columns: string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    columns.map((column, index) => {
      const isSafe =
        column !== '' && !column.startsWith('_') && Buffer.byteLength(column) <= 63 && !taken.has(column);
      const name = isSafe ? column : `_c${index + 1}`;
      taken.add(name);
      return [column, name];
    }),
  );
}
