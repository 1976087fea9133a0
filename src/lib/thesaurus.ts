import type { Direction, Locale, Unit } from './page.ts';

/** One metric as the page of metrics shows it; texts are in the page's language. */
export type Entry = {
  name: string;
  title: string;
  about: string;
  formula: string;
  words: string;
  unit: Unit | 'time';
  direction: Direction;
  grain: string;
  owner: string;
  is_additive: boolean;
  /** what its period is cut by; null counts what is true now */
  time: string | null;
  /** the entities it is counted from, and whether anything is known of each */
  sources: { title: string; is_known: boolean }[];
  /** what has to be connected before it is known; null when it is */
  needs: string | null;
  as_of: { source: string; at: string | null; is_stale: boolean }[];
  /** the page one level down, for the last full month */
  href: string | null;
  /** what a search looks through, lower case, both languages */
  text: string;
};

export type Chapter = {
  name: string;
  title: string;
  about: string;
  grain: string;
  entries: Entry[];
  dimensions: { name: string; title: string; about: string }[];
};

/** A value of the last full month: a number, a moment, or null; a chapter that failed has a sentence instead. */
export type Values = { values: Record<string, number | string | null> } | { error: string };

export type Thesaurus = {
  locale: Locale;
  currency: string;
  timezone: string;
  /** name of the last full month */
  month: string;
  count: number;
  chapters: Chapter[];
};

/** Every word of the question stands in the entry, in whatever order and case. */
export function matches(entry: Pick<Entry, 'text'>, question: string): boolean {
  return fold(question)
    .split(/\s+/)
    .every((word) => entry.text.includes(word));
}

export function fold(text: string): string {
  return text.toLowerCase().replace(/ё/g, 'е').trim();
}
