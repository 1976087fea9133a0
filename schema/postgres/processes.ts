import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: alive, but someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A zombie answers signal 0 although it has ended; a container without an init process collects them. */
function isZombie(pid: number): boolean {
  return process.platform === 'linux' && readStat(pid)?.[0] === 'Z';
}

/** The fields of /proc/<pid>/stat after the command, which may itself contain spaces and brackets. */
function readStat(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Process ids are reused; together with the start time one names a process for good. Null when it is gone. */
export function readStartTime(pid: number): string | null {
  if (process.platform === 'linux') {
    const ticks = readStat(pid)?.[19];
    return ticks === undefined ? null : `${readBootId()}:${ticks}`;
  }
  return readPs(pid, 'lstart');
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim().slice(0, 8);
  } catch {
    return '';
  }
}

/** The process that started it, or whoever inherited it; null when it is gone. */
export function readParent(pid: number): number | null {
  const parent = process.platform === 'linux' ? readStat(pid)?.[1] : readPs(pid, 'ppid');
  return parent === undefined || parent === null ? null : Number(parent);
}

/** The command line with its arguments separated by NUL on Linux, by spaces elsewhere. */
export function readCommand(pid: number): string | null {
  if (process.platform !== 'linux') return readPs(pid, 'command');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return null;
  }
}

function readPs(pid: number, field: string): string | null {
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

/** True when the process ended within the time. */
export async function waitForEnd(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}

/** True when not even a zombie is left of a process that has ended: to PostgreSQL one is as good as alive. */
export async function waitForReaping(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (isZombie(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
