import type { Agent } from 'undici';
import type { RestSource } from '../../config.ts';
import { SourceError } from '../connector.ts';
import { call } from '../remote/call.ts';
import type { ScopedRequest } from '../remote/scope.ts';
import { keepToken } from './kept-token.ts';

type Auth = NonNullable<RestSource['auth']>;
type OAuth2 = Extract<Auth, { kind: 'oauth2' }>;
type Token = { value: string; expiresAt: number };

export type Authorize = (isRenewal: boolean) => Promise<Record<string, string>>;

/** The headers that let a request in. A token is kept for the run, renewed shortly before it ends or when refused. */
export function createAuthorize(
  auth: Auth | undefined,
  agent: Agent,
  { signal, scope }: Pick<ScopedRequest, 'signal' | 'scope'>,
): Authorize | undefined {
  if (!auth) return undefined;
  if (auth.kind !== 'oauth2') {
    const headers = fixedHeaders(auth);
    return () => Promise.resolve(headers);
  }
  const kept = auth.refresh_token === undefined ? null : keepToken(scope, auth.refresh_token);
  let token: Promise<Token> | null = null;
  const renew = async (): Promise<Token> => {
    const { next, ...got } = await fetchToken(auth, await kept?.read(), agent, signal);
    if (next !== undefined && next !== auth.refresh_token) await kept?.save(next);
    return got;
  };
  return async (isRenewal) => {
    if (isRenewal || (token && (await token).expiresAt <= Date.now())) token = null;
    token ??= renew();
    return { authorization: `Bearer ${(await token).value}` };
  };
}

function fixedHeaders(auth: Exclude<Auth, OAuth2>): Record<string, string> {
  if (auth.kind === 'bearer') return { authorization: `Bearer ${auth.token}` };
  if (auth.kind === 'header') return { [auth.name]: auth.value };
  return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`).toString('base64')}` };
}

async function fetchToken(
  auth: OAuth2,
  refresh: string | undefined,
  agent: Agent,
  signal: AbortSignal,
): Promise<Token & { next: string | undefined }> {
  const inHeader = auth.credentials === 'header';
  const form = new URLSearchParams({
    grant_type: refresh ? 'refresh_token' : 'client_credentials',
    ...(refresh && { refresh_token: refresh }),
    ...(!inHeader && { client_id: auth.client_id, client_secret: auth.client_secret }),
    ...(auth.scope && { scope: auth.scope }),
    ...auth.parameters,
  });
  const basic = [auth.client_id, auth.client_secret].map(encodeURIComponent).join(':');
  const answer = await call(
    {
      name: 'token_url',
      url: new URL(auth.token_url),
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...(inHeader && { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
      },
      body: form.toString(),
    },
    { agent, signal, take: (response) => response.json().catch(() => null) },
  );
  const { access_token, expires_in, refresh_token } = (answer ?? {}) as Record<string, unknown>;
  if (typeof access_token !== 'string')
    throw new SourceError('token_url answered without an access token: check address and credentials');
  const seconds = Number(expires_in);
  // A token that ends within the request it is sent with is of no use; a very short one is used while it lasts.
  const early = Math.min(30, seconds / 2);
  return {
    value: access_token,
    expiresAt: seconds > 0 ? Date.now() + (seconds - early) * 1000 : Infinity,
    next: typeof refresh_token === 'string' ? refresh_token : undefined,
  };
}
