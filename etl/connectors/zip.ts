import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { SourceError } from './connector.ts';

/** Where the bytes of a file inside a zip archive lie. */
export type Entry = { name: string; start: number; packed: number; isStored: boolean };

const endMark = 0x06054b50;
const entryMark = 0x02014b50;
const mostEntries = 10_000;

/** The entries of a zip archive, by the directory at its end. */
export async function readEntries(file: string, size: number): Promise<Entry[]> {
  const handle = await open(file);
  try {
    const read = async (position: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
      if (bytesRead < length) throw notZip(file);
      return buffer;
    };
    const tailSize = Math.min(size, 65_557);
    const tail = await read(size - tailSize, tailSize);
    let end = tail.length - 22;
    while (end >= 0 && tail.readUInt32LE(end) !== endMark) end--;
    if (end < 0) throw notZip(file);
    const count = tail.readUInt16LE(end + 10);
    const length = tail.readUInt32LE(end + 12);
    if (count > mostEntries || length > 16 << 20 || length > size) throw notZip(file);
    const directory = await read(tail.readUInt32LE(end + 16), length);
    const entries: Entry[] = [];
    for (let at = 0, i = 0; i < count; i++) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== entryMark) throw notZip(file);
      const names = directory.readUInt16LE(at + 28);
      const local = await read(directory.readUInt32LE(at + 42), 30);
      entries.push({
        name: directory.toString('utf8', at + 46, at + 46 + names),
        isStored: directory.readUInt16LE(at + 10) === 0,
        packed: directory.readUInt32LE(at + 20),
        start: directory.readUInt32LE(at + 42) + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
      });
      at += 46 + names + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return entries;
  } finally {
    await handle.close();
  }
}

const notZip = (file: string): SourceError =>
  new SourceError(`${basename(file)} cannot be read as a workbook: is it still being written?`);
