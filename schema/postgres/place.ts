import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { canEnter } from './account.ts';
import type { Account } from './account.ts';
import { writeAtomically } from './files.ts';

const INSIDE = 'postgres';

/** Where this home's cluster lives, kept in PULSE_HOME/postgres.json so that every later start finds the same one. */
export type Place = { folder: string; port: number | null };

/** A folder inside the home is kept relative to it: a home that is moved or copied takes its data along. */
function readPlace(home: string): Place | null {
  const file = join(home, 'postgres.json');
  if (!existsSync(file)) return null;
  const { folder, port } = JSON.parse(readFileSync(file, 'utf8')) as Place;
  return { folder: resolve(home, folder), port };
}

export function writePlace(home: string, { folder, port }: Place): void {
  const place = { folder: folder === join(home, INSIDE) ? INSIDE : folder, port };
  writeAtomically(join(home, 'postgres.json'), `${JSON.stringify(place, null, 2)}\n`, 0o600);
}

/** The home itself if the account can enter it; else a folder outside that it can. */
export function choosePlace(home: string, account: Account, log: Log): Place {
  const known = readPlace(home);
  if (known && existsSync(known.folder) && canEnter(account, known.folder)) return known;
  const inside = join(home, INSIDE);
  mkdirSync(inside, { recursive: true, mode: account ? 0o711 : 0o700 });
  if (canEnter(account, inside)) return { folder: inside, port: known?.port ?? null };
  const folder = join(chooseShared(account), createHash('sha256').update(home).digest('hex').slice(0, 12));
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  log.warn(
    `The user ${account?.name}, who runs PostgreSQL, cannot enter ${home}: its data lives in ${folder}.`,
  );
  return { folder, port: known?.port ?? null };
}

/** A folder of ours outside any home, for what the unprivileged account must reach. */
export function chooseShared(account: Account): string {
  for (const folder of ['/var/lib/pulse', join(tmpdir(), 'pulse')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (canEnter(account, folder)) return folder;
    } catch {
      // Read-only or not ours: the next one.
    }
  }
  throw new Problem(
    `The user ${account?.name} can enter neither /var/lib/pulse nor ${tmpdir()}: set PULSE_HOME to a folder it can.`,
  );
}
