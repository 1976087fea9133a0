import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { PassThrough, Transform, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { SourceError } from './connector.ts';
import { note, repairs, type Rules } from './rules.ts';
import { explainFile, type Snapshot } from './snapshot.ts';

const sampleSize = 1 << 20;
/** Tables shrink to a tenth, monotonous ones to a hundredth; what shrinks further was made to fill a disk. */
const mostRatio = 300;
const harmless = 64 << 20;

export const isPacked = (file: string): boolean => /\.gz$/i.test(file);

/** The bytes that a file had when its reading began, unpacked where its name ends in .gz. */
export function readBytes({ file, size }: Snapshot): Readable {
  if (!size) return new PassThrough().end();
  const bytes = createReadStream(file, { highWaterMark: 1 << 18, end: size - 1 });
  if (!isPacked(file)) return bytes;
  const unpacked = createGunzip();
  let got = 0;
  const metered = new Transform({
    transform(chunk: Buffer, _, done) {
      got += chunk.length;
      const isBomb = got > harmless && got > size * mostRatio;
      done(isBomb ? new SourceError(bombMessage(file)) : null, chunk);
    },
    destroy(error, done) {
      bytes.destroy();
      unpacked.destroy();
      done(error);
    },
  });
  bytes.on('error', (error) => metered.destroy(error));
  unpacked.on('error', (error) => metered.destroy(error));
  return bytes.pipe(unpacked).pipe(metered);
}

export const bombMessage = (file: string): string =>
  `${basename(file)} unpacks to more than ${mostRatio} times its size: it looks like a zip bomb and is not read`;

/**
 * Tells the encoding of a file by its byte order mark or the zeros of UTF-16, by whether more of its letters are valid
 * UTF-8 than not, and else by how its high bytes stand: in windows-1251 Cyrillic letters come in runs, in
 * windows-1252 accents stand alone.
 */
export async function detectEncoding(snapshot: Snapshot): Promise<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const lenient = new TextDecoder('utf-8');
  let inRuns = 0;
  let alone = 0;
  let valid = 0;
  let invalid = 0;
  let isUtf8 = true;
  let seen = 0;
  try {
    for await (const chunk of readBytes(snapshot) as AsyncIterable<Buffer>) {
      const wide = seen === 0 ? detectWide(chunk) : null;
      if (wide) return wide;
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
        for (const letter of lenient.decode(chunk, { stream: true })) {
          if (letter === '\ufffd') invalid++;
          else if (letter > '\u007f') valid++;
        }
      }
      seen += chunk.length;
      if (!isUtf8 && seen > sampleSize && inRuns + alone > 100) break;
    }
  } catch (error) {
    throw explainFile(error, snapshot.file);
  }
  // A few spoilt bytes among sound letters are damage, and cost their own rows only.
  if (isUtf8 || valid > invalid) return 'utf-8';
  return inRuns > alone ? 'windows-1251' : 'windows-1252';
}

/** UTF-16, by its mark or by the zeros beside its Latin letters. */
function detectWide(head: Buffer): string | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const looked = Math.min(head.length, 4096) & ~1;
  for (let i = 0; i < looked; i++) if (head[i] === 0) zeros[i % 2]!++;
  const [even = 0, odd = 0] = zeros;
  if (odd > looked / 8 && odd > even * 8) return 'utf-16le';
  if (even > looked / 8 && even > odd * 8) return 'utf-16be';
  return null;
}

/** What came to light while a text was read. */
export type Damage = { isDamaged: boolean; rules: Rules };

/** The text of a file, decoded as a stream. A byte order mark is dropped, and so is NUL, which PostgreSQL does not keep. */
export async function* readText(
  snapshot: Snapshot,
  encoding: string,
  damage: Damage = { isDamaged: false, rules: {} },
): AsyncGenerator<string> {
  const decoder = createDecoder(encoding);
  const strict = createDecoder(encoding, true);
  const judge = (chunk?: Buffer): void => {
    if (damage.isDamaged) return;
    try {
      strict.decode(chunk, { stream: chunk !== undefined });
    } catch {
      damage.isDamaged = true;
    }
  };
  const clean = (text: string): string => {
    if (!text.includes('\0')) return text;
    const parts = text.split('\0');
    note(damage.rules, repairs.nul, parts.length - 1);
    return parts.join('');
  };
  try {
    for await (const chunk of readBytes(snapshot) as AsyncIterable<Buffer>) {
      judge(chunk);
      const text = decoder.decode(chunk, { stream: true });
      if (text) yield clean(text);
    }
  } catch (error) {
    throw explainFile(error, snapshot.file);
  }
  judge();
  const rest = decoder.decode();
  if (rest) yield clean(rest);
}

function createDecoder(encoding: string, fatal = false): TextDecoder {
  try {
    return new TextDecoder(encoding === 'latin-1' ? 'latin1' : encoding, { fatal });
  } catch {
    throw new SourceError(`unknown encoding ${encoding}; try utf-8, utf-16le, windows-1251 or latin1`);
  }
}
