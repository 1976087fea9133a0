import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { compileMessages } from '../../messages/compile.js';
import { migrate } from '../../schema/migrate.ts';
import { startPostgres } from '../../schema/postgres.ts';
import { TEMPLATE, withAdmin } from './database.ts';

/** vitest's global set-up: one PostgreSQL for the whole run, and one migrated database to clone. */
export async function setup(): Promise<() => Promise<void>> {
  compileMessages();
  const home = mkdtempSync(join(tmpdir(), 'pulse-test-'));
  // mkdtemp keeps everyone else out, and as root it is someone else who runs PostgreSQL.
  chmodSync(home, 0o755);
  const log = pino({ level: 'silent' });
  const settings = {
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '300',
  };
  const postgres = await startPostgres({ home, log, settings });
  process.env.PULSE_TEST_PG = postgres.adminUrl;
  const url = await withAdmin(async (admin) => {
    await admin.query(`create database ${TEMPLATE}`);
    return postgres.adminUrl.replace(/\/postgres$/, `/${TEMPLATE}`);
  });
  await migrate(url, { direction: 'up', log });
  return async () => {
    await postgres.stop();
    rmSync(join(postgres.dataFolder, '..'), { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  };
}
