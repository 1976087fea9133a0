import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { isAlive, readCommand, waitForEnd, waitForReaping } from './processes.ts';

/**
 * Clears what a killed run left: an orphaned server is stopped, a lock file that names a reused process id is
 * removed. Whoever calls this holds the home (see stack.json), so a server that still runs has no owner.
 */
export async function recoverCluster(data: string, log: Log): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  if (!(pid > 0)) return;
  if (!isAlive(pid)) {
    // A killed server that nobody collects would keep the next one out; its own children have ended by then.
    if (await waitForReaping(pid, 10_000)) return;
    log.warn(`Removed ${file}: its process ${pid} has ended, and nothing on this machine collects it.`);
    rmSync(file, { force: true });
    return;
  }
  if (!isServerOf(pid, data)) {
    log.warn(`Removed ${file}: its process ${pid} is not PostgreSQL any more.`);
    rmSync(file, { force: true });
    return;
  }
  log.warn(`PostgreSQL of an earlier run (process ${pid}) still runs without an owner: stopping it.`);
  await stopServer(pid);
}

export async function stopServer(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitForEnd(pid, patience)) return;
  }
  throw new Problem(
    `PostgreSQL (process ${pid}) of an earlier run does not stop: end it with "kill -9 ${pid}".`,
  );
}

function isServerOf(pid: number, data: string): boolean {
  const command = readCommand(pid) ?? '';
  return /postgres/.test(command) && [data, realpathSync(data)].some((folder) => command.includes(folder));
}
