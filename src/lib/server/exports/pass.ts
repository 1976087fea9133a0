import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Locale } from '../../page.ts';
import type { Viewer } from '../../viewer.ts';
import { env } from '../env.ts';

/** the header that carries it */
export const passHeader = 'x-pulse-print';
const lifetime = 60_000;

type Pass = { user_id: string; locale: Locale; path: string; until: number; once: string };

const used = new Map<string, number>();

/**
 * Opens one page for one person, once and within a minute: what the browser that prints is given in place of anyone's
 * session. Signed with a key of its own, so that no other token of this installation is one.
 */
export function issue({ user_id, locale }: Viewer, path: string, now: number = Date.now()): string {
  const pass: Pass = { user_id, locale, path, until: now + lifetime, once: randomUUID() };
  const text = Buffer.from(JSON.stringify(pass)).toString('base64url');
  return `${text}.${seal(text)}`;
}

/** Whose page it opens; null when it is not for this page, was used, is over, or was never issued. */
export function redeem(token: string, path: string, now: number = Date.now()) {
  const [text = '', mark = ''] = token.split('.');
  const [given, ours] = [Buffer.from(mark), Buffer.from(seal(text))];
  if (given.length !== ours.length || !timingSafeEqual(given, ours)) return null;
  const pass = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Pass;
  for (const [once, until] of used) if (until < now) used.delete(once);
  if (pass.path !== path || pass.until < now || used.has(pass.once)) return null;
  used.set(pass.once, pass.until);
  return { user_id: pass.user_id, locale: pass.locale };
}

function seal(text: string): string {
  const key = createHmac('sha256', env().secret).update('pass for printing').digest();
  return createHmac('sha256', key).update(text).digest('base64url');
}
