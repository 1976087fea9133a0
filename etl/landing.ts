import type { Client } from 'pg';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import type { BulkFile, LandedRow, Landing } from './connectors/connector.ts';
import { isDeep } from './connectors/json-text.ts';
import { Irregular } from './connectors/regular.ts';
import { faults } from './connectors/rules.ts';
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
  const { rows } = await client.query<{ sequence: string }>(
    `select pg_get_serial_sequence($1, '_n') as sequence`,
    [table],
  );
  const sequence = `${literal(rows[0]?.sequence ?? '')}::regclass`;
  let read = 0;
  for (const file of files) {
    const names = file.columns.map((column) => identifier(columns.get(column) ?? column));
    // The position is a default, so the file needs no column for it: the row's number after those of earlier files.
    await client.query(
      `alter table ${table} alter column _position
       set default ${literal(`${file.name}:`)} || (currval(${sequence}) - ${read - 1})`,
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
    const { json, fault } = toJson(row.raw);
    chunk += `${cell(row.position)}\t${cell(row.problem ?? fault ?? null)}\t${cell(json)}`;
    for (const value of row.values) chunk += `\t${cell(value)}`;
    chunk += '\n';
    if (chunk.length > chunkSize) {
      yield Buffer.from(chunk);
      chunk = '';
    }
  }
  if (chunk) yield Buffer.from(chunk);
}

/** What jsonb does not take: an escaped NUL, half of a surrogate pair, and what lies too deep in itself. */
function toJson(raw: string | undefined): { json: string | null; fault?: string } {
  if (raw === undefined) return { json: null };
  // Fewer signs cannot open enough brackets.
  if (raw.length > 1000 && isDeep(raw))
    return { json: JSON.stringify({ text: raw.slice(0, 10_000) }), fault: faults.deep };
  if (!raw.includes('\\u')) return { json: raw };
  // Written anew, a whole pair is a letter: what is still escaped then is a half. An even number of backslashes
  // before the `u` is a backslash and plain text.
  const json = halves.test(raw) ? JSON.stringify(JSON.parse(raw)).replace(half, '$1\ufffd') : raw;
  return { json: json.replace(nul, '$1') };
}

const halves = /\\u[dD][89a-fA-F]/;
const half = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;
const nul = /(?<!\\)((?:\\\\)*)\\u0000/g;

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
