import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import knex from 'knex';
import type { Knex } from 'knex';
import pg from 'pg';
import type { Log } from './log.ts';

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any number that no other program would choose: it names "migrating Pulse" among advisory locks. */
const LOCK = 5_170_221_893;

/** knex' own loader imports natively, which Node 20 cannot do with .ts under vitest; an import from here can. */
const source: Knex.MigrationSource<string> = {
  getMigrations: async () =>
    readdirSync(FOLDER)
      .filter((file) => /^\d{14}_\w+\.ts$/.test(file))
      .sort(),
  getMigrationName: (file) => file,
  getMigration: (file) => import(/* @vite-ignore */ pathToFileURL(join(FOLDER, file)).href),
};

export type Migrated = { direction: 'up' | 'down'; migrations: string[] };

/** Brings a database to the newest schema, or takes all of it away. Concurrent callers wait for each other. */
export async function migrate(
  url: string,
  { direction, log }: { direction: 'up' | 'down'; log: Log },
): Promise<Migrated> {
  const lock = new pg.Client({ connectionString: url, application_name: 'pulse migrate' });
  await lock.connect();
  const database = knex({
    client: 'pg',
    connection: url,
    pool: { min: 0, max: 2 },
    migrations: { migrationSource: source },
  });
  try {
    // A session lock dies with its process, so a knex lock row seen while holding it belongs to nobody.
    await lock.query('select pg_advisory_lock($1)', [LOCK]);
    await database.migrate.forceFreeMigrationsLock();
    const [, names] = (await (direction === 'up'
      ? database.migrate.latest()
      : database.migrate.rollback(undefined, true))) as [number, string[]];
    for (const name of names) log.info(`${direction === 'up' ? 'Migrated' : 'Took back'} ${name}`);
    return { direction, migrations: names };
  } finally {
    await database.destroy();
    await lock.end();
  }
}
