import { statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError } from './connector.ts';

/** A file as it was when its reading began. Only these bytes are read, whatever is added meanwhile. */
export type Snapshot = { file: string; size: number; inode: number; changedAt: number };

/** A writer that has been silent for so long has ended its last line, break or not. */
const quiet = 1000;

export function openSnapshot(file: string): Snapshot {
  try {
    const { size, ino, mtimeMs } = statSync(file);
    return { file, size, inode: ino, changedAt: mtimeMs };
  } catch (error) {
    throw explainFile(error, file);
  }
}

/**
 * What became of the file since: `grew` where something was added behind what was read.
 * @throws SourceError where it was written anew: what was read may be of two versions
 */
export async function compare(snapshot: Snapshot): Promise<'same' | 'grew'> {
  const { size, ino, mtimeMs } = await stat(snapshot.file).catch((error: unknown) => {
    throw explainFile(error, snapshot.file);
  });
  if (ino === snapshot.inode && size > snapshot.size) return 'grew';
  if (ino === snapshot.inode && size === snapshot.size && mtimeMs === snapshot.changedAt) return 'same';
  throw new SourceError(
    `${basename(snapshot.file)} changed while it was read: nothing of it was kept, the next run tries again`,
  );
}

/** Whether a last line without a line break may still be waiting for its rest. */
export async function isUnfinished(snapshot: Snapshot): Promise<boolean> {
  const age = Date.now() - snapshot.changedAt;
  if (age >= 0 && age < quiet) await sleep(quiet - age);
  return (await compare(snapshot)) === 'grew';
}

/** The first bytes of a file. */
export async function readHead(file: string, length: number): Promise<Buffer> {
  const handle = await open(file).catch((error: unknown) => {
    throw explainFile(error, file);
  });
  const { buffer, bytesRead } = await handle
    .read(Buffer.alloc(length), 0, length, 0)
    .finally(() => handle.close());
  return buffer.subarray(0, bytesRead);
}

const sentences: Record<string, string> = {
  ENOENT: 'vanished while it was read; the next run tries again',
  EACCES: 'may not be read: give the user that runs Pulse the right to read it',
  EPERM: 'may not be read: give the user that runs Pulse the right to read it',
  EISDIR: 'is a folder, not a file',
  EIO: 'cannot be read from its disk',
  Z_BUF_ERROR: 'ends early: is it still being written?',
  Z_DATA_ERROR: 'is not a sound gzip file',
};

/** An error of the file system or of unpacking as a sentence that names the file. */
export function explainFile(error: unknown, file: string): Error {
  const sentence = sentences[(error as { code?: string }).code ?? ''];
  return sentence ? new SourceError(`${basename(file)} ${sentence}`) : (error as Error);
}
