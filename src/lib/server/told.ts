import type { Locale } from '../page.ts';

type Message = (values: Record<string, string>, options: { locale: Locale }) => string;
/** A message and the names of the values that stand in it. */
export type Told = [message: unknown, ...values: string[]];

/**
 * Makes what gives a kept English sentence in the reader's language; one that is not known stays as it was written. Patterns
 * are made of the English messages, so that the two cannot drift apart.
 */
export function createTell(told: Told[]): (sentence: string, locale: Locale) => string {
  const patterns = told.map(([message, ...values]) => {
    const say = message as Message;
    const marks = Object.fromEntries(values.map((value) => [value, `\0${value}\0`]));
    const source = say(marks, { locale: 'en' })
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replace(/\0(\w+)\0/g, (_, value: string) => `(?<${value}>.+?)`);
    return { say, pattern: new RegExp(`^${source}$`, 's') };
  });
  return (sentence, locale) => {
    if (locale === 'en') return sentence;
    for (const { say, pattern } of patterns) {
      const found = pattern.exec(sentence);
      if (found) return say({ ...found.groups }, { locale });
    }
    return sentence;
  };
}
