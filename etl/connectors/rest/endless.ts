import { createHash } from 'node:crypto';
import { SourceError } from '../connector.ts';
import type { Ask } from './paging.ts';

export type PageGuard = {
  ask(ask: Ask): void;
  /** whether a page holds just what the one before it did; an error where that is not fine */
  isRepeat(rows: unknown[], isFine: boolean): boolean;
};

/** Ends a list that would never end: one that leads back, repeats a page under ever new addresses, or only goes on. */
export function guardPages(name: string, most: number): PageGuard {
  const seen = new Set<string>();
  let last = '';
  return {
    ask({ url, body }) {
      const mark = digest(`${url.href} ${JSON.stringify(body)}`);
      if (seen.has(mark)) throw new SourceError(`${name} answers with a next page that was read already`);
      if (seen.size === most)
        throw new SourceError(`${name} goes on after ${most} pages; raise max_pages if it really has more`);
      seen.add(mark);
    },
    isRepeat(rows, isFine) {
      const mark = rows.length ? digest(JSON.stringify(rows)) : '';
      const isSame = mark !== '' && mark === last;
      if (isSame && !isFine)
        throw new SourceError(`${name} answers with the same page again; does it know the paging parameter?`);
      last = mark;
      return isSame;
    },
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64');
