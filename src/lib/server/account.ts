import { renderSVG } from 'uqr';
import { describeDevice, type Device } from '../device.ts';
import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { auth } from './auth.ts';
import { ask, type Answer, type Caller, type Cookie } from './authority.ts';
import { env } from './env.ts';
import { actorOf } from './users.ts';
import { read as readSettings } from './settings.ts';
import { warehouse } from './warehouse.ts';

export type Session = {
  id: string;
  is_current: boolean;
  device: Device;
  address: string | null;
  started_at: string;
};
/** Without a password there is none to change, and no second step to it. */
export type AccountPage = {
  timezone: string;
  has_password: boolean;
  has_second_step: boolean;
  sessions: Session[];
};

export type Problem =
  'wrong_password' | 'wrong_code' | 'short' | 'not_equal' | 'limited' | 'unavailable' | 'link';
export type Outcome<Value = unknown> = { problem: Problem } | ({ cookies: Cookie[] } & Value);

type SessionRow = { id: string; ip_address: string; user_agent: string; created_at: Date };

/** One's own account: what is open on which device, and whether signing in takes a second step. */
export async function load(viewer: Viewer, request: Request): Promise<AccountPage> {
  const [{ timezone }, current, rows, user, password] = await Promise.all([
    readSettings(),
    currentSession(request),
    warehouse()<SessionRow>('app.sessions')
      .select('id', 'ip_address', 'user_agent', 'created_at')
      .where({ user_id: viewer.user_id } as object)
      .andWhere('expires_at', '>', new Date())
      .orderBy('created_at', 'desc')
      .limit(100),
    warehouse()('app.users').first('two_factor_enabled').where({ id: viewer.user_id }),
    warehouse()('app.accounts').first('id').where({ user_id: viewer.user_id, provider_id: 'credential' }),
  ]);
  const sessions = rows.map((row) => ({
    id: row.id,
    is_current: row.id === current,
    device: describeDevice(row.user_agent ?? ''),
    address: row.ip_address || null,
    started_at: row.created_at.toISOString(),
  }));
  const has_password = password !== undefined && !env().oidc?.isOnly;
  return { timezone, has_password, has_second_step: user?.two_factor_enabled === true, sessions };
}

async function currentSession({ headers }: Request): Promise<string | null> {
  return (await auth().api.getSession({ headers }))?.session.id ?? null;
}

/** Ends every session of one's own but this, or only the one named. */
export async function endOthers(viewer: Viewer, request: Request, id: string | null): Promise<void> {
  const current = await currentSession(request);
  const open = warehouse()('app.sessions').where({ user_id: viewer.user_id }).whereNot({ id: current });
  await (id ? open.andWhere({ id }) : open).delete();
  await record({ action: 'sessions_ended', subject: viewer.email, ...actorOf(viewer) });
}

const isGood = (password: string) => password.length >= 10 && password.length <= 200;

/** Other sessions end with the old password. */
export async function changePassword(
  viewer: Viewer,
  caller: Caller,
  { present, wanted, repeated }: { present: string; wanted: string; repeated: string },
): Promise<Outcome> {
  if (!isGood(wanted)) return { problem: 'short' };
  if (wanted !== repeated) return { problem: 'not_equal' };
  const body = { currentPassword: present, newPassword: wanted, revokeOtherSessions: true };
  const answer = await ask('/change-password', body, caller);
  if (!answer.ok) return { problem: problemOf(answer, 'wrong_password') };
  await record({ action: 'password_changed', subject: viewer.email, ...actorOf(viewer) });
  return { cookies: answer.cookies };
}

/** Chooses a password by a link that an administrator made; it works once. */
export async function choosePassword(
  caller: Caller,
  { token, wanted, repeated }: { token: string; wanted: string; repeated: string },
): Promise<Outcome> {
  if (!isGood(wanted)) return { problem: 'short' };
  if (wanted !== repeated) return { problem: 'not_equal' };
  const whose = await invited(token);
  if (!whose) return { problem: 'link' };
  const answer = await ask('/reset-password', { token, newPassword: wanted }, caller);
  if (!answer.ok) return { problem: problemOf(answer, 'link') };
  const who = { actor: whose.email, user_id: whose.id, subject: whose.email, ip_address: caller.address };
  await record({ action: 'password_changed', details: { by: 'link' }, ...who });
  return { cookies: [] };
}

/** Whom a link belongs to, while it opens. */
export async function invited(token: string): Promise<{ id: string; email: string; name: string } | null> {
  if (!/^[\w-]{20,64}$/.test(token) || env().oidc?.isOnly) return null;
  const { internalAdapter } = await auth().$context;
  const found = await internalAdapter.findVerificationValue(`reset-password:${token}`);
  if (!found || found.expiresAt < new Date()) return null;
  const user = await warehouse()<{ id: string; email: string; name: string; is_disabled: boolean }>(
    'app.users',
  )
    .first('id', 'email', 'name')
    .where({ id: found.value, is_disabled: false });
  return user ?? null;
}

/** What an app on the phone reads (`picture` is an SVG as data address), the same as text, and codes for the day it is lost. */
export type Setup = { uri: string; picture: string; secret: string; codes: string[] };

export async function beginSecondStep(caller: Caller, password: string): Promise<Outcome<{ setup: Setup }>> {
  const answer = await ask('/two-factor/enable', { password, method: 'totp' }, caller);
  if (!answer.ok) return { problem: problemOf(answer, 'wrong_password') };
  const { totpURI, backupCodes } = answer.body as { totpURI: string; backupCodes: string[] };
  return { cookies: answer.cookies, setup: draw(totpURI, backupCodes) };
}

/** Draws what the form brought back, so that a slip in the code costs no new beginning. */
export function draw(uri: string, codes: string[]): Setup {
  const svg = renderSVG(uri, { ecc: 'M', border: 2 });
  const secret = new URL(uri).searchParams.get('secret') ?? '';
  return { uri, picture: `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`, secret, codes };
}

/** On from here: the first code shows that the app has understood. */
export async function confirmSecondStep(viewer: Viewer, caller: Caller, code: string): Promise<Outcome> {
  const answer = await ask('/two-factor/verify-totp', { code: code.replace(/\s/g, '') }, caller);
  if (!answer.ok) return { problem: problemOf(answer, 'wrong_code') };
  await record({ action: 'two_factor_on', subject: viewer.email, ...actorOf(viewer) });
  return { cookies: answer.cookies };
}

export async function endSecondStep(viewer: Viewer, caller: Caller, password: string): Promise<Outcome> {
  const answer = await ask('/two-factor/disable', { password }, caller);
  if (!answer.ok) return { problem: problemOf(answer, 'wrong_password') };
  await record({ action: 'two_factor_off', subject: viewer.email, ...actorOf(viewer) });
  return { cookies: answer.cookies };
}

function problemOf({ status }: Answer, usual: Problem): Problem {
  if (status === 429) return 'limited';
  return status >= 500 ? 'unavailable' : usual;
}
