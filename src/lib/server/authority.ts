import { parseSetCookieHeader } from 'better-auth/cookies';
import { addressHeader, auth, authUrl } from './auth.ts';
import { log } from './log.ts';

export type Cookie = {
  name: string;
  value: string;
  options: { path: string; maxAge?: number; httpOnly: boolean; secure: boolean; sameSite: 'lax' };
};

/** Who asks: the request of a browser and the address it came from. */
export type Caller = { request: Request; address: string };

/** `status` is 503 where nothing answered; `body` is what better-auth said. */
export type Answer = { ok: boolean; status: number; body: Record<string, unknown>; cookies: Cookie[] };

type Handler = { handler(request: Request): Promise<Response> };

/** Goes through better-auth's handler and not its functions, because only the handler counts attempts. */
export async function ask(path: string, body: object, caller: Caller, by: Handler = auth()): Promise<Answer> {
  const headers = headersOf(caller);
  headers.set('content-type', 'application/json');
  try {
    const response = await by.handler(
      new Request(authUrl + path, { method: 'POST', headers, body: JSON.stringify(body) }),
    );
    const said = (await response.json().catch(() => null)) as Record<string, unknown> | null;
    return { ok: response.ok, status: response.status, body: said ?? {}, cookies: readCookies(response) };
  } catch (error) {
    log.error({ err: error, path }, 'Better-auth failed');
    return { ok: false, status: 503, body: {}, cookies: [] };
  }
}

/** Follows a link that leads to better-auth; `leadsTo` is where it sends the browser on, as a path of this site. */
export async function follow(
  path: string,
  caller: Caller,
  by: Handler,
): Promise<{ leadsTo: URL; cookies: Cookie[] }> {
  const response = await by.handler(new Request(authUrl + path, { headers: headersOf(caller) }));
  return {
    leadsTo: new URL(response.headers.get('location') ?? '/', authUrl),
    cookies: readCookies(response),
  };
}

function headersOf({ request, address }: Caller): Headers {
  const headers = new Headers({
    'user-agent': request.headers.get('user-agent') ?? '',
    // hooks.server.ts has refused foreign pages; better-auth knows only its own, inner address
    origin: new URL(authUrl).origin,
    [addressHeader]: address,
  });
  const cookie = request.headers.get('cookie');
  if (cookie) headers.set('cookie', cookie);
  return headers;
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
