import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../problem.ts';
import { spawnOptions } from './account.ts';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';

export const USER = 'pulse';

/** Creates the cluster beside its final place and renames it, so that a killed initdb leaves nothing half-made. */
export function createCluster(
  folder: string,
  account: Account,
  binaries: Binaries,
  password: string,
): string {
  const data = join(folder, 'data');
  if (existsSync(join(data, 'PG_VERSION'))) {
    refuseOtherVersion(data, binaries);
    return data;
  }
  const draft = join(folder, 'data.new');
  const passwordFile = join(folder, 'password.tmp');
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  try {
    const { status, stderr, error } = spawnSync(
      binaries.initdb,
      [
        `--pgdata=${draft}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The builtin provider sorts the same on every machine, whatever locales that has.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
      ],
      { ...spawnOptions(account), encoding: 'utf8' },
    );
    if (status !== 0) throw explainInitdb(draft, error?.message ?? stderr);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, data);
  return data;
}

function explainInitdb(draft: string, output: string): Problem {
  rmSync(draft, { recursive: true, force: true });
  const reason = output.match(/error: (.*)/)?.[1] ?? output.trim().split('\n').at(-1) ?? '';
  const hint = /no space/i.test(output)
    ? 'free some disk space'
    : 'look at the message, or set PULSE_HOME elsewhere';
  return new Problem(`PostgreSQL could not create its data folder ${draft} (${reason}): ${hint}.`);
}

function refuseOtherVersion(data: string, binaries: Binaries): void {
  const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const wanted = binaries.version.split('.')[0];
  if (found !== wanted) {
    throw new Problem(
      `${data} was made by PostgreSQL ${found}, Pulse brings ${wanted}: dump it with the old version, or set PULSE_HOME to a new folder.`,
    );
  }
}
