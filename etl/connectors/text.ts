import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { SourceError } from './connector.ts';

const sampleSize = 1 << 20;

/** The bytes of a file, unpacked where its name ends in .gz. */
export function readBytes(file: string): Readable {
  const bytes = createReadStream(file, { highWaterMark: 1 << 18 });
  if (!/\.gz$/i.test(file)) return bytes;
  const unpacked = createGunzip();
  bytes.on('error', (error) => unpacked.destroy(error));
  return bytes.pipe(unpacked);
}

/**
 * Tells the encoding of a file by its byte order mark, by whether all of it is valid UTF-8, and else by how its
 * high bytes stand: in windows-1251 Cyrillic letters come in runs, in windows-1252 accents stand alone.
 */
export async function detectEncoding(file: string): Promise<string> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0).finally(() => handle.close());
  const head = buffer.subarray(0, bytesRead);
  if (!/\.gz$/i.test(file)) {
    if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
    if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  }
  const strict = new TextDecoder('utf-8', { fatal: true });
  let inRuns = 0;
  let alone = 0;
  let isUtf8 = true;
  let seen = 0;
  for await (const chunk of readBytes(file) as AsyncIterable<Buffer>) {
    if (isUtf8) {
      try {
        strict.decode(chunk, { stream: true });
      } catch {
        isUtf8 = false;
      }
    }
    if (seen < sampleSize || !isUtf8) {
      for (let i = 0; i < chunk.length; i++) {
        if ((chunk[i] ?? 0) < 0xc0) continue;
        if ((chunk[i - 1] ?? 0) >= 0xc0 || (chunk[i + 1] ?? 0) >= 0xc0) inRuns++;
        else alone++;
      }
    }
    seen += chunk.length;
    if (!isUtf8 && seen > sampleSize && inRuns + alone > 100) break;
  }
  if (isUtf8) return 'utf-8';
  return inRuns > alone ? 'windows-1251' : 'windows-1252';
}

/** The text of a file, decoded as a stream. A byte order mark is dropped. */
export async function* readText(file: string, encoding: string): AsyncGenerator<string> {
  const decoder = createDecoder(encoding);
  for await (const chunk of readBytes(file) as AsyncIterable<Buffer>) {
    const text = decoder.decode(chunk, { stream: true });
    if (text) yield text;
  }
  const rest = decoder.decode();
  if (rest) yield rest;
}

function createDecoder(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding === 'latin-1' ? 'latin1' : encoding);
  } catch {
    throw new SourceError(`unknown encoding ${encoding}; try utf-8, utf-16le, windows-1251 or latin1`);
  }
}
