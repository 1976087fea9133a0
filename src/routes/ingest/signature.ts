import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clocks of sender and receiver may differ, in seconds: also how long a request can be repeated at all. */
const tolerance = 300;

/**
 * Judges a request by the rules of standardwebhooks.com: `webhook-id`, `webhook-timestamp` (seconds) and
 * `webhook-signature`, `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several stand apart by spaces.
 * @returns the id of the request, null where it is not to be trusted
 */
export function verify(headers: Headers, body: Buffer, secret: string, now = Date.now()): string | null {
  const id = headers.get('webhook-id') ?? '';
  const timestamp = headers.get('webhook-timestamp') ?? '';
  if (!/^[\x21-\x7e]{1,200}$/.test(id) || !/^\d{1,12}$/.test(timestamp)) return null;
  if (Math.abs(now / 1000 - Number(timestamp)) > tolerance) return null;
  const expected = sign(id, timestamp, body, secret);
  const given = (headers.get('webhook-signature') ?? '').split(' ').slice(0, 10);
  return given.some((signature) => isEqual(signature, expected)) ? id : null;
}

export function sign(id: string, timestamp: string, body: Buffer | string, secret: string): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
