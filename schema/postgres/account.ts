import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Problem } from '../problem.ts';

/** Who runs PostgreSQL: this very user, or (as root, which PostgreSQL refuses) an unprivileged one. */
export type Account = { name: string; uid: number; gid: number } | null;

const CANDIDATES = ['postgres', 'nobody', 'daemon', 'www-data'];

export function chooseAccount(): Account {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const candidate of CANDIDATES) {
    const fields = lines.map((line) => line.split(':')).find(([name]) => name === candidate);
    const uid = Number(fields?.[2]);
    const gid = Number(fields?.[3]);
    if (fields && uid > 0 && gid > 0) return { name: candidate, uid, gid };
  }
  throw new Problem(
    'PostgreSQL refuses to run as root and there is no user named postgres or nobody: start Pulse as an ordinary user.',
  );
}

export function spawnOptions(account: Account): {
  uid?: number;
  gid?: number;
  cwd: string;
  env: NodeJS.ProcessEnv;
} {
  return {
    ...(account && { uid: account.uid, gid: account.gid }),
    // The unprivileged user may not be allowed into the folder we were started in.
    cwd: '/',
    // Nothing of the host's locale or libpq settings may leak into the cluster.
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
  };
}

export function canEnter(account: Account, folder: string): boolean {
  if (!account) return true;
  const { status } = spawnSync('/bin/sh', ['-c', 'cd "$1" 2>/dev/null', 'sh', folder], spawnOptions(account));
  return status === 0;
}

export function canRun(account: Account, file: string): boolean {
  return spawnSync(file, ['--version'], { ...spawnOptions(account), stdio: 'ignore' }).status === 0;
}
