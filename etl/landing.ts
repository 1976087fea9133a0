import type { Client } from 'pg';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { BulkFile, LandedRow, Landing } from './connectors/connector.ts';
import { Irregular } from './connectors/regular.ts';
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
      _n bigserial, _position text not null, _problem text, _row jsonb
      ${names.map((name) => `, ${name} text`).join('')}
    ) with (autovacuum_enabled = false)`);
  await client.query(
    `comment on table ${table} is ${literal(`landing of ${source}.${stream}: one row per row read`)}`,
  );
  const read =
    (landing.bulk && (await copyFiles(client, table, columns, landing.bulk))) ??
    (await copyRows(client, table, names, landing));
  await client.query(`analyze ${table}`);
  return { table, columns, read };
}

async function copyRows(client: Client, table: string, names: string[], landing: Landing): Promise<number> {
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
  return read;
}

/**
 * Lets PostgreSQL parse whole CSV files, so that no row passes through JavaScript. Any file that it does not take
 * (a row of another width, a stray quote, a NUL) sends all of them the other way, where each row is judged by itself.
 * @returns rows read, or null when the files have to be parsed here
 */
async function copyFiles(
  client: Client,
  table: string,
  columns: Map<string, string>,
  files: BulkFile[],
): Promise<number | null> {
  let read = 0;
  for (const file of files) {
    const names = file.columns.map((column) => identifier(columns.get(column) ?? column));
    // The position is a default, so the file needs no column for it: the row's number after those of earlier files.
    await client.query(
      `alter table ${table} alter column _position
       set default ${literal(`${file.name}:`)} || (currval(pg_get_serial_sequence(${literal(table)}, '_n')) - ${read - 1})`,
    );
    const into = copyFrom(
      `copy ${table} (${names.join(', ')}) from stdin
       with (format csv, header, delimiter ${literal(file.delimiter)}, quote ${literal(file.quote)}, escape ${literal(file.quote)})`,
    );
    try {
      await pipeline(file.open(), client.query(into));
      read += into.rowCount;
    } catch (error) {
      if (!(error instanceof Irregular) && !String((error as { code?: string }).code).startsWith('22'))
        throw error;
      await client.query(`truncate ${table} restart identity`);
      return null;
    }
  }
  return read;
}

/** Rows in PostgreSQL's COPY text form, in chunks large enough that the socket is not woken for each. */
export async function* encode(rows: AsyncIterable<LandedRow>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${cell(row.position)}\t${cell(row.problem ?? null)}\t${cell(dropNul(row.raw))}`;
    for (const value of row.values) chunk += `\t${cell(value)}`;
    chunk += '\n';
    if (chunk.length > chunkSize) {
      yield Buffer.from(chunk);
      chunk = '';
    }
  }
  if (chunk) yield Buffer.from(chunk);
}

/** jsonb takes no escaped NUL; two backslashes before the `u` are a backslash and plain text. */
const dropNul = (json: string | undefined): string | null =>
  json?.replace(/(?<!\\)((?:\\\\)*)\\u0000/g, '$1') ?? null;

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
