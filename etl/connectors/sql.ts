import { Readable } from 'node:stream';
import type { SqlSource } from '../config.ts';
import { SourceError, type LandedRow, type Landing, type Request } from './connector.ts';
import { checkHost } from './remote/guard.ts';
import { explainSql } from './sql/errors.ts';
import { openPostgres } from './sql/postgres.ts';

type SqlStream = SqlSource['streams'][number];

/** What differs between databases; every value leaves it as the text that the database prints. */
export type Dialect = {
  quote(name: string): string;
  columns(inner: string): Promise<string[]>;
  /** the text of a cursor as a literal that compares as a value of the cursor's own type would */
  literal(since: string): string;
  stream(query: string): AsyncIterable<Record<string, unknown>>;
  close(): Promise<void>;
};

type Open = (source: SqlSource, request: Request) => Promise<Dialect>;

const openMysql: Open = async (...asked) => (await import('./sql/mysql.ts')).openMysql(...asked);

/** A client that nobody else needs is read when its database is. */
const open: Record<string, Open> = {
  postgres: openPostgres,
  postgresql: openPostgres,
  mysql: openMysql,
  mariadb: openMysql,
  sqlite: async (...asked) => (await import('./sql/sqlite.ts')).openSqlite(...asked),
};

/** Reads a table or query of an operational database, streamed, in a read-only session. */
export async function readSql(source: SqlSource, stream: SqlStream, request: Request): Promise<Landing> {
  const scheme = /^(\w+):/.exec(source.connection)?.[1] ?? '';
  const opener = open[scheme];
  if (scheme === 'mssql' || scheme === 'sqlserver')
    throw new SourceError(
      'MS SQL is not read directly: run a Singer tap for it, with kind: singer',
      'lasting',
    );
  if (!opener)
    throw new SourceError(
      'expected a connection that begins with postgres://, mysql://, mariadb:// or sqlite:',
      'lasting',
    );
  let db: Dialect | null = null;
  try {
    await checkHosts(source.connection);
    db = await opener(source, request);
    const inner = stream.query
      ? `(${stream.query.trim().replace(/;$/, '')}) as q`
      : (stream.from ?? '').split('.').map(db.quote).join('.');
    const columns = await db.columns(inner);
    for (const column of request.wanted) {
      if (columns.includes(column)) continue;
      throw new SourceError(
        `${stream.from ?? 'the query'} has no column «${column}»; it has ${columns.join(', ')}`,
        'lasting',
      );
    }
    const cursor = stream.cursor ? db.quote(stream.cursor) : null;
    const { since } = request;
    const where = cursor && since !== null ? ` where ${cursor} >= ${db.literal(since)}` : '';
    const rows = db.stream(`select * from ${inner}${where}${cursor ? ` order by ${cursor}` : ''}`);
    return { columns, rows: toLanded(db, rows, columns, stream.from ?? 'query', source, request.signal) };
  } catch (error) {
    await db?.close();
    throw explainSql(error, request.signal);
  }
}

async function checkHosts(connection: string): Promise<void> {
  if (!URL.canParse(connection)) return;
  const { hostname, searchParams } = new URL(connection);
  const hosts = [hostname.replace(/^\[|\]$/g, ''), ...searchParams.getAll('host')];
  for (const host of hosts) if (host && !host.startsWith('/')) await checkHost(host);
}

async function* toLanded(
  db: Dialect,
  rows: AsyncIterable<Record<string, unknown>>,
  columns: string[],
  table: string,
  { timeout_s }: SqlSource,
  signal: AbortSignal,
): AsyncGenerator<LandedRow> {
  // A query that gives no row for a long time has to end at once all the same.
  const stop = (why: string): void => {
    if (rows instanceof Readable) rows.destroy(new SourceError(why));
    void db.close();
  };
  const abort = (): void => stop('the load was stopped');
  signal.addEventListener('abort', abort, { once: true });
  // The database counts the time of a query itself, unless it or the way to it is gone.
  const silence = setTimeout(() => stop('the database fell silent'), Math.min(timeout_s + 15, 2e6) * 1000);
  try {
    let number = 0;
    for await (const row of rows) {
      signal.throwIfAborted();
      silence.refresh();
      yield {
        position: `${table}:${++number}`,
        values: columns.map((column) => (row[column] ?? null) as string | null),
      };
    }
    signal.throwIfAborted();
  } catch (error) {
    throw explainSql(error, signal);
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', abort);
    await db.close();
  }
}
