import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Log } from '../../../schema/log.ts';
import { startPostgres } from '../../../schema/postgres.ts';
import { writeAtomically } from '../../../schema/postgres/files.ts';
import { Problem } from '../../../schema/problem.ts';

export type Warehouse = {
  name: string;
  url: string;
  adminUrl: string;
  /** Null when it is someone else's. */
  dataFolder: string | null;
  label: string;
  crashed: Promise<string>;
  stop(): Promise<void>;
};

/** The home's own PostgreSQL, or the one that WAREHOUSE_URL names. */
export async function openWarehouse(
  home: string,
  log: Log,
  given = process.env.WAREHOUSE_URL,
): Promise<Warehouse> {
  if (!given) {
    const postgres = await startPostgres({ home, log });
    const label = `PostgreSQL ${postgres.version.split('.')[0]} on port ${postgres.port}`;
    return {
      name: 'postgres',
      url: postgres.url,
      adminUrl: postgres.adminUrl,
      dataFolder: postgres.dataFolder,
      label,
      crashed: postgres.crashed,
      stop: postgres.stop,
    };
  }
  const admin = parse(given);
  const place = `${admin.host}${admin.pathname}`;
  const client = new pg.Client({ connectionString: given, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.message ? cause.message : (cause as { code?: string }).code;
    throw new Problem(`The warehouse at ${place} cannot be reached (${reason}): check WAREHOUSE_URL.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
  admin.pathname = '/postgres';
  return {
    name: 'postgres',
    url: given,
    adminUrl: admin.href,
    dataFolder: null,
    label: `PostgreSQL at ${place}`,
    crashed: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

function parse(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new Problem('WAREHOUSE_URL is not an address like postgres://user:password@host:5432/pulse.', {
      exitCode: 2,
    });
  }
}

/** True when this very configuration was loaded into this home: a changed mapping must be loaded again. */
export function wasLoaded(home: string, config: string): boolean {
  const file = join(home, 'loaded');
  return existsSync(file) && readFileSync(file, 'utf8').trim() === fingerprint(config);
}

export function rememberLoaded(home: string, config: string): void {
  writeAtomically(join(home, 'loaded'), `${fingerprint(config)}\n`);
}

function fingerprint(config: string): string {
  return createHash('sha256').update(readFileSync(config)).digest('hex');
}
