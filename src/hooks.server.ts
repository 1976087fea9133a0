import { randomUUID } from 'node:crypto';
import type { Handle, HandleServerError, RequestEvent } from '@sveltejs/kit';
import { sequence } from '@sveltejs/kit/hooks';
import { cookieName, isLocale } from '#lib/paraglide/runtime.js';
import { paraglideMiddleware } from '#lib/paraglide/server.js';
import { m } from '#lib/paraglide/messages.js';
import * as cube from '#lib/server/cube.ts';
import { env } from '#lib/server/env.ts';
import { lastLook } from '#lib/server/incidents.ts';
import { passHeader, redeem } from '#lib/server/exports/pass.ts';
import { log } from '#lib/server/log.ts';
import * as reader from '#lib/server/reader.ts';
import { forget, remember } from '#lib/server/remembered.ts';
import { rightsKey } from '#lib/server/token.ts';
import * as viewers from '#lib/server/viewers.ts';
import * as visitor from '#lib/server/visitor.ts';
import { printScreen, readScreen, screenCookie, sheet } from '#lib/screen.ts';
import { readTheme, themeCookie } from '#lib/theme.ts';

const year = 31_536_000;

/** A form of another site must not act for whoever is signed in here. Kit's own check needs to know the address. */
function isOwnRequest({ request, route, url }: RequestEvent): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return true;
  // Systems that send by themselves have no origin and no cookie: each request is signed instead.
  if (route.id?.startsWith('/ingest/')) return true;
  // So does a mail server; it knows the unguessable name of the letter that came back.
  if (route.id === '/bounces') return true;
  // A mail program that unsubscribes for its reader: the signed link is all it has, and all that counts.
  if (route.id?.startsWith('/unsubscribe/')) return true;
  const origin = request.headers.get('origin');
  if (!origin) return request.headers.get('sec-fetch-site') === 'same-origin';
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  const known = [request.headers.get('host') ?? url.host];
  const { origin: own } = env();
  if (own) known.push(new URL(own).host);
  return known.includes(host);
}

const refuseForeign: Handle = ({ event, resolve }) =>
  isOwnRequest(event) ? resolve(event) : new Response(m.error_forbidden(), { status: 403 });

const secure: Handle = async ({ event, resolve }) => {
  const response = await resolve(event);
  const { headers } = response;
  headers.set('x-content-type-options', 'nosniff');
  headers.set('x-frame-options', 'DENY');
  headers.set('referrer-policy', 'same-origin');
  headers.set('cross-origin-opener-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  if (env().origin?.startsWith('https:'))
    headers.set('strict-transport-security', `max-age=${year}; includeSubDomains`);
  if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-cache');
  return response;
};

const identify: Handle = async ({ event, resolve }) => {
  const { cookies, request } = event;
  event.locals.theme = readTheme(cookies.get(themeCookie));
  event.locals.screen = readScreen(cookies.get(screenCookie), request.headers.get('user-agent') ?? '');
  const pass = event.request.headers.get(passHeader);
  if (pass) {
    event.locals.screen = sheet;
    const opened =
      event.request.method === 'GET' ? redeem(pass, event.url.pathname + event.url.search) : null;
    const viewer = opened && (await viewers.find(opened.user_id));
    event.locals.viewer = viewer && opened ? { ...viewer, locale: opened.locale } : null;
    return resolve(event);
  }
  event.locals.viewer = await visitor.identify(event.request.headers);
  return resolve(event);
};

/** Pages of figures. What moves while it is looked at, as a load does, is made anew for each request. */
const isKept = /^\/\(app\)\/?($|sales|managers|marketing|customers|service|drill|metrics|explore|options)/;

const recall: Handle = async ({ event, resolve }) => {
  const { request, route, cookies } = event;
  const { viewer, theme, screen } = event.locals;
  if (!['GET', 'HEAD'].includes(request.method)) {
    const response = await resolve(event);
    forget();
    visitor.forget();
    return response;
  }
  if (!viewer || request.method === 'HEAD' || !isKept.test(route.id ?? '')) return resolve(event);
  const versions = await Promise.all([cube.dataVersion(), lastLook()]).catch(() => null);
  if (versions === null) return resolve(event);
  const { user_id, name, role, locale } = viewer;
  // Of data alone, the address of the request says which parts are asked for.
  const person = [user_id, name, role, rightsKey(viewer), locale];
  const parts = [request.url, ...versions, ...person, theme, printScreen(screen)];
  return remember(
    JSON.stringify([...parts, cookies.get(cookieName), request.headers.get('sec-fetch-dest')]),
    request,
    () => cube.steadily(async () => readWhole(await resolve(event))),
  );
};

/** A page whose parts have all come. */
async function readWhole(response: Response): Promise<Response> {
  return response.body ? new Response(await response.arrayBuffer(), response) : response;
}

/** The cookie decides, then the account, then the browser; page and browser code must read the same one. */
const speak: Handle = ({ event, resolve }) => {
  const { viewer } = event.locals;
  const chosen = event.cookies.get(cookieName);
  const request =
    !isLocale(chosen) && viewer ? withCookie(event.request, `${cookieName}=${viewer.locale}`) : event.request;
  return paraglideMiddleware(request, ({ locale }) => {
    if (viewer) event.locals.viewer = { ...viewer, locale };
    if (chosen !== locale) {
      event.cookies.set(cookieName, locale, { path: '/', maxAge: year, httpOnly: false, secure: isSecure() });
    }
    return resolve(event, {
      transformPageChunk: ({ html }) =>
        html.replace('%pulse.locale%', locale).replace('%pulse.theme%', event.locals.theme),
    });
  });
};

function isSecure(): boolean {
  return env().origin?.startsWith('https:') ?? false;
}

function withCookie({ url, headers }: Request, cookie: string): Request {
  const copy = new Headers(headers);
  copy.set('cookie', [copy.get('cookie'), cookie].filter(Boolean).join('; '));
  return new Request(url, { headers: copy });
}

/** Who closes the page or chooses something else meanwhile needs no figures any more. */
const attend: Handle = ({ event, resolve }) => reader.serve(event.request.signal, () => resolve(event));

export const handle = sequence(attend, secure, refuseForeign, identify, recall, speak);

export const handleError: HandleServerError = ({ error, event, status, message }) => {
  if (status === 404) return { message };
  const id = randomUUID().slice(0, 8);
  log.error({ err: error, id, path: event.url.pathname }, 'A request failed');
  return { message, id };
};
