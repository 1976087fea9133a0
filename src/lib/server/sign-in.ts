import { parseSetCookieHeader } from 'better-auth/cookies';
import type { Viewer } from '../viewer.ts';
import { record } from './audit.ts';
import { addressHeader, auth, authUrl } from './auth.ts';
import { log } from './log.ts';

type Attempt = { email: string; password: string; address: string; request: Request };
type Cookie = {
  name: string;
  value: string;
  options: { path: string; maxAge?: number; httpOnly: boolean; secure: boolean; sameSite: 'lax' };
};
export type SignInProblem = 'wrong' | 'limited' | 'unavailable';
export type SignIn = { cookies: Cookie[] } | { problem: SignInProblem; status: number };

/** Goes through better-auth's handler and not its function, because only the handler counts attempts. */
export async function signIn({ email, password, address, request }: Attempt): Promise<SignIn> {
  const response = await auth()
    .handler(
      new Request(`${authUrl}/sign-in/email`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': request.headers.get('user-agent') ?? '',
          [addressHeader]: address,
        },
        body: JSON.stringify({ email, password }),
      }),
    )
    .catch((error: unknown) => {
      log.error({ err: error }, 'Signing in failed');
      return null;
    });
  if (response?.ok) {
    await record({ action: 'sign_in', actor: email, ip_address: address });
    return { cookies: readCookies(response) };
  }
  await record({ action: 'sign_in_failed', actor: email.slice(0, 200), ip_address: address });
  if (response?.status === 429) return { problem: 'limited', status: 429 };
  if (!response || response.status >= 500) return { problem: 'unavailable', status: 503 };
  return { problem: 'wrong', status: 400 };
}

function readCookies(response: Response): Cookie[] {
  return response.headers.getSetCookie().flatMap((header) =>
    [...parseSetCookieHeader(header)].map(([name, { value, ...options }]): Cookie => ({
      name,
      value: decodeURIComponent(value),
      options: {
        path: options.path ?? '/',
        ...(options['max-age'] === undefined ? {} : { maxAge: Number(options['max-age']) }),
        httpOnly: true,
        secure: options.secure ?? false,
        sameSite: 'lax',
      },
    })),
  );
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
