import { createHmac, timingSafeEqual } from 'node:crypto';
import { env } from '../env.ts';

/** What a signed link of a mail is good for; a token of one kind is none of the other. */
export type Purpose = 'unsubscribe' | 'file';

const seal = (purpose: Purpose, text: string) =>
  createHmac('sha256', env().secret).update(`pulse ${purpose} v1|${text}`).digest('base64url');

/** @param until seconds since 1970 after which it holds no more; null for ever */
export function sign(purpose: Purpose, claim: string[], until: number | null): string {
  const text = Buffer.from(JSON.stringify([until, ...claim])).toString('base64url');
  return `${text}.${seal(purpose, text)}`;
}

/** Null for anything that was not made by `sign` for this purpose, or too long ago. */
export function verify(purpose: Purpose, token: string, now = Date.now()): string[] | null {
  const [text = '', given = '', ...rest] = token.split('.');
  const [said, right] = [Buffer.from(given), Buffer.from(seal(purpose, text))];
  if (rest.length || said.length !== right.length || !timingSafeEqual(said, right)) return null;
  const [until, ...claim] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [
    number | null,
    ...string[],
  ];
  return until === null || until * 1000 >= now ? claim : null;
}
