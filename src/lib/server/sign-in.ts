import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { auth } from './auth.ts';
import { ask, type Answer, type Caller, type Cookie } from './authority.ts';
import { env } from './env.ts';
import { log } from './log.ts';

type Attempt = Caller & { email: string; password: string };
export type SignInProblem = 'wrong' | 'limited' | 'unavailable';
type Refusal = { problem: SignInProblem; status: number };
/**
 * `isHalf`: the password was right, and the second step is still to come; `elsewhere`: the company lets nobody in by a
 * password of ours.
 */
export type SignIn =
  { cookies: Cookie[]; isHalf: boolean } | Refusal | { problem: 'elsewhere'; status: number };

export async function signIn({ email, password, ...caller }: Attempt): Promise<SignIn> {
  if (env().oidc?.isOnly) return { problem: 'elsewhere', status: 403 };
  const answer = await ask('/sign-in/email', { email, password }, caller);
  const { ok, cookies, body } = answer;
  if (ok && body.twoFactorRedirect === true) return { cookies, isHalf: true };
  if (ok) {
    await record({ action: 'sign_in', actor: email, ip_address: caller.address });
    return { cookies, isHalf: false };
  }
  await record({ action: 'sign_in_failed', actor: email.slice(0, 200), ip_address: caller.address });
  return refusal(answer);
}

type Proof = Caller & { code: string; isBackup: boolean; isTrusted: boolean };
export type SecondStep = { cookies: Cookie[] } | (Refusal & { isOver: boolean });

/**
 * The second step: a code of the app on the phone, or one of the codes kept for the day it is lost.
 * `isOver` says that the password has to be given again.
 */
export async function prove({ code, isBackup, isTrusted, ...caller }: Proof): Promise<SecondStep> {
  const path = isBackup ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp';
  const answer = await ask(path, { code: code.replace(/\s/g, ''), trustDevice: isTrusted }, caller);
  const user = answer.body.user as { id?: string; email?: string } | undefined;
  if (answer.ok && user?.id) {
    const details = { second_step: isBackup ? 'backup code' : 'app' };
    const who = { actor: user.email ?? '', user_id: user.id, ip_address: caller.address };
    await record({ action: 'sign_in', ...who, details });
    return { cookies: answer.cookies };
  }
  await record({ action: 'sign_in_failed', actor: 'second step', ip_address: caller.address });
  const over = ['INVALID_TWO_FACTOR_COOKIE', 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE', 'TOTP_NOT_ENABLED'];
  return { ...refusal(answer), isOver: over.includes(String(answer.body.code)) };
}

function refusal({ status }: Answer): Refusal {
  if (status === 429) return { problem: 'limited', status: 429 };
  if (status >= 500) return { problem: 'unavailable', status: 503 };
  return { problem: 'wrong', status: 400 };
}

/** Ends the session in the database; returns the cookies to forget. */
export async function signOut(request: Request, viewer: Viewer | null): Promise<string[]> {
  const { authCookies } = await auth().$context;
  await auth()
    .api.signOut({ headers: request.headers })
    .catch((error: unknown) => log.warn({ err: error }, 'The session could not be ended'));
  if (viewer) await record({ action: 'sign_out', actor: viewer.email, user_id: viewer.user_id });
  return [authCookies.sessionToken.name, authCookies.sessionData.name];
}
