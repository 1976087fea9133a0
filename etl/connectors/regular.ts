import { Transform } from 'node:stream';

/** A file that PostgreSQL would read otherwise than people do: it is parsed here instead. */
export class Irregular extends Error {
  override name = 'Irregular';
}

const newline = 10;
const carriageReturn = 13;
const lineBreak = Buffer.from('\n');

/** Has the last word: what it throws ends the reading. */
export type AtEnd = (endsLine: boolean) => Promise<void>;

const longestLine = 8 << 20;
const byteOrderMark = Buffer.from('\ufeff');

/**
 * Passes bytes of a CSV file on while each quote stands where a cell begins or ends. PostgreSQL takes any other quote
 * for the start of quoted text and may swallow rows with it; such a file fails here before it does harm.
 * Costs a search for the quote in each chunk, and nothing else where there is none.
 */
export function watchQuotes(delimiter: string, quote: string, atEnd?: AtEnd): Transform {
  const [mark, separator] = [quote.charCodeAt(0), delimiter.charCodeAt(0)];
  const isEdge = (byte: number | undefined): boolean =>
    byte === undefined || byte === separator || byte === newline || byte === carriageReturn;
  let inside = false;
  let last: number | undefined;
  /** a quote inside quoted text was the last byte of a chunk: the next one says what it meant */
  let pending = false;
  /** bytes of the line that is not over yet, and what the header line would look like if it came again */
  let unended = 0;
  let again: Buffer = lineBreak;
  let isFirst = true;

  let seam: Buffer = Buffer.alloc(0);

  const checkLines = (chunk: Buffer): void => {
    const start = isFirst && chunk.indexOf(byteOrderMark) === 0 ? 3 : 0;
    const end = chunk.indexOf(newline);
    if (isFirst && end > start) again = Buffer.concat([lineBreak, chunk.subarray(start, end + 1)]);
    isFirst = false;
    const across = Buffer.concat([seam, chunk.subarray(0, again.length)]);
    for (const [part, from] of [
      [chunk, start],
      [across, seam.length ? 0 : start],
    ] as const) {
      if (part.indexOf(byteOrderMark, from) >= 0) throw new Irregular('a byte order mark inside the file');
      if (again.length > 4 && part.indexOf(again) >= 0) throw new Irregular('the header line comes again');
    }
    seam = Buffer.from(chunk.subarray(-again.length));
    if (unended + (end < 0 ? chunk.length : end) > longestLine) throw new Irregular('a line is too long');
    unended = end < 0 ? unended + chunk.length : chunk.length - 1 - chunk.lastIndexOf(newline);
  };

  const check = (chunk: Buffer): void => {
    let from = 0;
    if (pending) {
      pending = false;
      if (chunk[0] === mark) from = 1;
      else if (isEdge(chunk[0])) inside = false;
      else throw new Irregular('text goes on after a closing quote');
    }
    for (let at = chunk.indexOf(mark, from); at >= 0; at = chunk.indexOf(mark, at + 1)) {
      if (!inside) {
        if (!isEdge(at > 0 ? chunk[at - 1] : last))
          throw new Irregular('a quote stands in the middle of a cell');
        inside = true;
      } else if (at + 1 === chunk.length) {
        pending = true;
      } else if (chunk[at + 1] === mark) {
        at++;
      } else if (isEdge(chunk[at + 1])) {
        inside = false;
      } else {
        throw new Irregular('text goes on after a closing quote');
      }
    }
    last = chunk[chunk.length - 1];
  };

  return new Transform({
    transform(chunk: Buffer, _, done) {
      try {
        if (chunk.length) checkLines(chunk);
        if (chunk.length) check(chunk);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done) {
      if (inside && !pending) return done(new Irregular('a quoted cell has no end'));
      (atEnd?.(last === undefined || last === newline) ?? Promise.resolve()).then(
        () => done(null),
        (error: Error) => done(error),
      );
    },
  });
}
