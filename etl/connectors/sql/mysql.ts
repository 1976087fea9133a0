import mysql, { type TypeCastField } from 'mysql2';
import { readFileSync } from 'node:fs';
import type { LookupFunction } from 'node:net';
import type { SqlSource } from '../../config.ts';
import { SourceError, type Request } from '../connector.ts';
import { openSocket } from '../remote/guard.ts';
import type { Dialect } from '../sql.ts';

/** MySQL and MariaDB: `mysql://user:password@host:3306/base?ssl=true`, or `?socket=/path` in place of a host. */
export async function openMysql(source: SqlSource, _: Request, lookup?: LookupFunction): Promise<Dialect> {
  if (!URL.canParse(source.connection))
    throw new SourceError('the connection is not a well-formed address', 'lasting');
  const url = new URL(source.connection);
  const ca = url.searchParams.get('ssl_ca');
  const socket = url.searchParams.get('socket');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = Number(url.port || 3306);
  const db = mysql.createConnection({
    ...(socket
      ? { socketPath: socket }
      : { host, port, stream: () => openSocket(lookup).connect(port, host).setKeepAlive(true) }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...((ca || url.searchParams.get('ssl') === 'true') && { ssl: ca ? { ca: readFileSync(ca) } : {} }),
    charset: 'utf8mb4',
    connectTimeout: 15_000,
    typeCast: printField,
  });
  // Without a listener a connection that breaks between two queries would end the process.
  db.on('error', () => undefined);
  const run = (sql: string): Promise<{ name: string }[]> =>
    new Promise((resolve, reject) =>
      db.query(sql, (error, _, fields) => (error ? reject(error) : resolve(fields ?? []))),
    );
  try {
    await run('set session transaction read only');
    await run(`set session sql_mode = '', time_zone = '+00:00', net_write_timeout = 3600`);
    await limitTime(run, source.timeout_s);
  } catch (error) {
    db.destroy();
    throw error;
  }
  return {
    quote: (name) => `\`${name.replaceAll('`', '``')}\``,
    // A number beside a quoted text is compared as a float, which has no room for long ids.
    literal: (since) =>
      /^-?\d{1,20}$/.test(since) ? since : `'${since.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    columns: async (inner) => (await run(`select * from ${inner} limit 0`)).map(({ name }) => name),
    stream: (query) =>
      db.query(query).stream({ highWaterMark: 1000 }) as AsyncIterable<Record<string, unknown>>,
    close: async () => db.destroy(),
  };
}

/** The text that the server sent. A zero date is nothing, and bits are a number. */
function printField(field: TypeCastField): string | null {
  if (field.type === 'BIT') {
    const bits = field.buffer();
    return bits ? BigInt(`0x${bits.toString('hex') || '0'}`).toString() : null;
  }
  const text = field.string('utf8');
  const isDay = field.type === 'DATE' || field.type === 'DATETIME' || field.type === 'TIMESTAMP';
  return isDay && text?.startsWith('0000-00-00') ? null : text;
}

/** The two name the limit differently, and MySQL counts milliseconds. */
async function limitTime(run: (sql: string) => Promise<unknown>, seconds: number): Promise<void> {
  try {
    await run(`set session max_statement_time = ${seconds}`);
  } catch {
    await run(`set session max_execution_time = ${seconds * 1000}`);
  }
}
