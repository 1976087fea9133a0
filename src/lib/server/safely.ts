import { randomUUID } from 'node:crypto';
import type { Locale } from '../page.ts';
import { codeOf } from '../problem.ts';
import { problemText } from '../words.ts';
import { log } from './log.ts';
import { spoil } from './remembered.ts';

export type Outcome<Value> = { value: Value } | { error: string };

/** One failed tile must not take the page with it: it becomes a sentence, and what happened goes to the log. */
export async function safely<Value>(
  what: string,
  locale: Locale,
  work: () => Promise<Value>,
): Promise<Outcome<Value>> {
  try {
    return { value: await work() };
  } catch (error) {
    spoil();
    const id = randomUUID().slice(0, 8);
    log.error({ err: error, id, what }, 'A part of the page failed');
    return { error: problemText(codeOf(error), id, locale) };
  }
}
