import knex, { type Knex } from 'knex';
import type { SqlSource } from '../config.ts';
import { SourceError, type LandedRow, type Landing, type Request } from './connector.ts';
import { toText } from './json.ts';

type SqlStream = SqlSource['streams'][number];

/** Reads a table or query of an operational database, streamed, in a read-only session. */
export async function readSql(source: SqlSource, stream: SqlStream, request: Request): Promise<Landing> {
  const db = connect(source.connection);
  try {
    const inner = stream.query
      ? `(${stream.query.trim().replace(/;$/, '')}) as q`
      : quoteTable(stream.from ?? '');
    const probe = await db.raw(`select * from ${inner} limit 0`);
    const columns = (probe.fields as { name: string }[]).map((field) => field.name);
    for (const column of request.wanted) {
      if (columns.includes(column)) continue;
      throw new SourceError(
        `${stream.from ?? 'the query'} has no column «${column}»; it has ${columns.join(', ')}`,
      );
    }
    const { cursor } = stream;
    const where = cursor && request.since !== null ? ` where ${quote(cursor)} >= ?` : '';
    const query = db.raw(
      `select * from ${inner}${where}${cursor ? ` order by ${quote(cursor)}` : ''}`,
      where ? [request.since as string] : [],
    );
    return { columns, rows: streamRows(db, query, columns, stream.from ?? 'query', request.signal) };
  } catch (error) {
    await db.destroy();
    throw explain(error);
  }
}

async function* streamRows(
  db: Knex,
  query: Knex.Raw,
  columns: string[],
  name: string,
  signal: AbortSignal,
): AsyncGenerator<LandedRow> {
  try {
    let number = 0;
    const rows = query.stream({ highWaterMark: 2000 }) as AsyncIterable<Record<string, unknown>>;
    for await (const row of rows) {
      signal.throwIfAborted();
      yield { position: `${name}:${++number}`, values: columns.map((column) => toText(row[column])) };
    }
  } catch (error) {
    throw explain(error);
  } finally {
    await db.destroy();
  }
}

/** Values stay texts as the database prints them, so that no host's time zone or float touches them. */
function connect(url: string): Knex {
  if (!/^postgres(ql)?:/.test(url)) {
    throw new SourceError('expected a connection that begins with postgres://');
  }
  const silent = (): void => {};
  return knex({
    client: 'pg',
    // Every error is thrown as well, and told without the address.
    log: { warn: silent, error: silent, deprecate: silent, debug: silent },
    connection: {
      connectionString: url,
      application_name: 'pulse-etl',
      types: { getTypeParser: () => (value: string) => value },
    } as Knex.PgConnectionConfig,
    pool: {
      min: 0,
      max: 1,
      afterCreate: (
        connection: { query(sql: string, done: (e?: Error) => void): void },
        done: (e?: Error) => void,
      ) => connection.query("set default_transaction_read_only = on; set timezone = 'UTC'", done),
    },
  });
}

function explain(error: unknown): Error {
  if (error instanceof SourceError) return error;
  const { code, message } = error as { code?: string; message: string };
  const hint = code === 'ECONNREFUSED' ? 'nothing answers at this address: is the database up?' : message;
  return new SourceError(hint.replace(/\w+:\/\/\S+/g, '<connection>'), { cause: error });
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const quoteTable = (name: string): string => name.split('.').map(quote).join('.');
