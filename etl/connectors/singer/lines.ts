import type { Readable } from 'node:stream';
import { SourceError } from '../connector.ts';

const longest = 64 << 20;

/** The lines of a stream, one after another; what is read ahead is no more than a chunk. */
export async function* readLines(stream: Readable, onChunk: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    onChunk();
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    for (const line of lines.slice(0, -1)) {
      const whole = parts.length ? parts.join('') + line : line;
      parts = [];
      size = 0;
      if (whole.trim()) yield whole;
    }
    const rest = lines.at(-1) ?? '';
    size += rest.length;
    if (size > longest) throw new SourceError('the tap printed a line of more than 64 MB');
    if (rest) parts.push(rest);
  }
  const last = parts.join('') + decoder.decode();
  if (last.trim()) yield last;
}
