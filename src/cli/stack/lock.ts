import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readStartTime } from '../../../schema/postgres/processes.ts';

/** One process at a time; the lock of a killed one is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const own = `${process.pid} ${readStartTime(process.pid)}`;
  mkdirSync(dirname(file), { recursive: true });
  while (!take(file, own)) {
    const [pid, started] = read(file).split(/ (.*)/s);
    const isHeld = isAlive(Number(pid)) && readStartTime(Number(pid)) === started;
    // An empty file is one that its maker is just writing.
    if (pid && !isHeld) rmSync(file, { force: true });
    else await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
