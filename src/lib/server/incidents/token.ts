import { createHmac, timingSafeEqual } from 'node:crypto';

/** Who may acknowledge which incident with a link, and until when (seconds). */
export type Claim = { incident: string; user: string; until: number };

const days = 30;
const purpose = 'pulse acknowledge v1';

const seal = (text: string, secret: string) =>
  createHmac('sha256', secret).update(`${purpose}|${text}`).digest('base64url');

/** A link's token: it lets one person acknowledge one incident, and nothing else. */
export function sign(incident: string, user: string, secret: string, now = Date.now()): string {
  const until = Math.floor(now / 1000) + days * 86_400;
  const text = Buffer.from(JSON.stringify([incident, user, until])).toString('base64url');
  return `${text}.${seal(text, secret)}`;
}

/** Null for anything that was not made by `sign`, or too long ago. */
export function verify(token: string, secret: string, now = Date.now()): Claim | null {
  const [text = '', given = '', ...rest] = token.split('.');
  const right = Buffer.from(seal(text, secret));
  const said = Buffer.from(given);
  if (rest.length || said.length !== right.length || !timingSafeEqual(said, right)) return null;
  try {
    const [incident, user, until] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    if (typeof incident !== 'string' || typeof user !== 'string' || typeof until !== 'number') return null;
    return until * 1000 >= now ? { incident, user, until } : null;
  } catch {
    return null;
  }
}
