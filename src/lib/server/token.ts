import { createHmac } from 'node:crypto';
import type { Viewer } from '../viewer.ts';

export type Rights = Pick<Viewer, 'access' | 'team_keys' | 'employee_keys'>;

const lifetime = 300;
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Whose rows the bearer may see; Cube enforces it, the app only says it. */
export function sign(
  viewer: Rights & Pick<Viewer, 'user_id'>,
  secret: string,
  now: number = Date.now(),
): string {
  const { user_id, access, team_keys, employee_keys } = viewer;
  const issued = Math.floor(now / 1000);
  const payload = { sub: user_id, access, team_keys, employee_keys, iat: issued, exp: issued + lifetime };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

/** Equal rights see equal rows, so they may share a result; the person is not part of it. */
export function rightsKey({ access, team_keys, employee_keys }: Rights): string {
  if (access === 'company') return access;
  const keys = (access === 'team' ? [...team_keys] : [...employee_keys]).sort((a, b) => a - b);
  return `${access}:${keys.join(',')}`;
}
