import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readLines } from './lines.ts';

export type Spool = {
  write(line: string): Promise<void>;
  close(): Promise<void>;
  read(): AsyncGenerator<string>;
};

/** A file of lines, written once and then read as often as it is asked for. */
export function createSpool(file: string): Spool {
  const into: WriteStream = createWriteStream(file, { mode: 0o600 });
  let failed: Error | null = null;
  into.on('error', (error) => (failed = error));
  return {
    async write(line) {
      if (failed) throw failed;
      if (!into.write(`${line}\n`)) await once(into, 'drain');
    },
    async close() {
      into.end();
      if (!into.closed) await once(into, 'close');
      if (failed) throw failed;
    },
    read: () => readLines(createReadStream(file, { highWaterMark: 1 << 18 }), () => undefined),
  };
}

const prefix = 'pulse-singer-';
const hour = 3_600_000;

/** A folder that only we may enter. Those of processes that were killed are cleared away: they hold credentials. */
export async function openFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    const age = await stat(folder).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > hour) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
  return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
