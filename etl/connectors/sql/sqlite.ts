import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import type { SqlSource } from '../../config.ts';
import { SourceError, type Request } from '../connector.ts';
import type { Dialect } from '../sql.ts';

const attempts = 5;

/** SQLite: `sqlite:path/to/file.db`, relative to the configuration. A copy is read, never the file that is in use. */
export async function openSqlite(source: SqlSource, { configPath }: Request): Promise<Dialect> {
  const file = resolve(dirname(configPath), source.connection.replace(/^sqlite:(\/\/(?=\/))?/, ''));
  const folder = await mkdtemp(join(tmpdir(), 'pulse-sqlite-'));
  let db: InstanceType<typeof sqlite.Database>;
  try {
    const copy = await copyQuiet(file, folder);
    db = new sqlite.Database(copy, { fileMustExist: true });
    // A log of changes beside the copy is read only by whoever has the file alone.
    db.exec('pragma locking_mode = exclusive; pragma temp_store = memory');
    db.get('select count(*) from sqlite_master');
    db.exec('pragma query_only = on');
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  let columns: string[] = [];
  const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  return {
    quote,
    // A number beside a text is always the smaller one, unless the column says what it holds.
    literal: (since) => (/^-?\d+(\.\d+)?$/.test(since) ? since : `'${since.replaceAll("'", "''")}'`),
    async columns(inner) {
      db.exec('pragma query_only = off');
      db.exec(`create temp view pulse_columns as select * from ${inner}`);
      db.exec('pragma query_only = on');
      columns = db.all('pragma table_info(pulse_columns)').map((row) => String(row.name));
      return columns;
    },
    stream: (query) => read(db, query, columns.map(quote)),
    async close() {
      if (db.isOpen) db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function* read(
  db: InstanceType<typeof sqlite.Database>,
  query: string,
  columns: string[],
): AsyncGenerator<Record<string, unknown>> {
  const texts = columns.map((column) => `cast(${column} as text) as ${column}`).join(', ');
  const statement = db.prepare(`select ${texts} from (${query})`);
  try {
    for (const row of statement.iterate()) yield row;
  } finally {
    if (!statement.isFinalized && db.isOpen) statement.finalize();
  }
}

/** Copies a database with its log of changes at a moment when nobody writes to either. */
async function copyQuiet(file: string, folder: string): Promise<string> {
  const parts = [file, `${file}-wal`, `${file}-journal`];
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const before = await describe(parts);
    if (!before[0]) throw new SourceError(`there is no file ${basename(file)}`);
    for (const [i, part] of parts.entries()) {
      const copy = join(folder, basename(part));
      if (before[i]) await copyFile(part, copy).catch(() => undefined);
      else await rm(copy, { force: true });
    }
    if ((await describe(parts)).join() === before.join()) return join(folder, basename(file));
    await new Promise((done) => setTimeout(done, 200 * attempt));
  }
  throw new SourceError(`${basename(file)} is written to all the time; the next run tries again`);
}

const describe = (parts: string[]): Promise<string[]> =>
  Promise.all(
    parts.map((part) =>
      stat(part, { bigint: true }).then(
        ({ size, mtimeNs }) => `${size} ${mtimeNs}`,
        () => '',
      ),
    ),
  );
