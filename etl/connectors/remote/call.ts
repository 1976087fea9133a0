import { setTimeout as sleep } from 'node:timers/promises';
import { fetch, type Agent, type Response } from 'undici';
import { SourceError } from '../connector.ts';
import { checkAddress } from './guard.ts';

export type Call = {
  /** what errors call it: an address may hold a secret */
  name: string;
  url: URL;
  method?: string;
  headers?: Record<string, string>;
  body?: string | undefined;
};

export type CallOptions<T> = {
  agent: Agent;
  signal: AbortSignal;
  /** what is done with an answer, body and all: a connection that drops within it is tried again */
  take(response: Response): Promise<T>;
  /** headers of each attempt; a renewal asks for others than those that were refused */
  authorize?(isRenewal: boolean): Promise<Record<string, string>>;
  /** waits for the turn of each attempt */
  turn?(): Promise<void>;
  attempts?: number;
  /** what «not found» means here; an error if left out */
  missing?(): T;
};

const pause = 500;
const longestPause = 60_000;
const longestWish = 15 * 60_000;
const redirects = [301, 302, 303, 307, 308];

/**
 * One request, answered. 429 and 5xx are tried again with a growing pause, `Retry-After` honoured; 401 once, with new
 * credentials. Redirects are followed on the same host only: the credentials were given for that one.
 */
export async function call<T>(request: Call, options: CallOptions<T>): Promise<T> {
  const { signal, attempts = 5 } = options;
  let isRenewal = false;
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    let reason: string;
    let wait = Math.min(pause * 2 ** attempt, longestPause);
    try {
      await options.turn?.();
      const response = await follow(request, options, isRenewal);
      isRenewal = false;
      const { status } = response;
      if (response.ok) return await options.take(response);
      await response.body?.cancel();
      if (status === 404 && options.missing) return options.missing();
      if (status === 401 && options.authorize && !renewed) {
        isRenewal = renewed = true;
        attempt--;
        continue;
      }
      reason = `${request.name} answered ${status}`;
      if (status !== 429 && status !== 408 && status < 500)
        throw new SourceError(`${reason}: check address and rights`, 'lasting');
      wait = readRetryAfter(response.headers.get('retry-after')) ?? wait;
      if (wait > longestWish)
        throw new SourceError(
          `${reason} and asks to wait ${Math.round(wait / 1000)} s; the next run tries again`,
        );
    } catch (error) {
      if (signal.aborted) throw new SourceError('the load was stopped');
      const cause = (error as { cause?: { code?: string } }).cause;
      if (error instanceof SourceError) throw error;
      if (cause instanceof SourceError) throw cause;
      reason = `${request.name} cannot be reached (${cause?.code ?? (error as Error).name})`;
    }
    if (attempt === attempts) throw new SourceError(`${reason}, ${attempts} times; the next run tries again`);
    await sleep(wait, undefined, { signal }).catch(() => {
      throw new SourceError('the load was stopped');
    });
  }
}

async function follow<T>(request: Call, options: CallOptions<T>, isRenewal: boolean): Promise<Response> {
  let { url } = request;
  for (let hops = 0; hops < 5; hops++) {
    checkAddress(url);
    const response = await fetch(url, {
      method: request.method ?? 'GET',
      headers: { ...request.headers, ...(await options.authorize?.(isRenewal)) },
      body: request.body ?? null,
      redirect: 'manual',
      dispatcher: options.agent,
      signal: options.signal,
    });
    if (!redirects.includes(response.status)) return response;
    await response.body?.cancel();
    const next = new URL(response.headers.get('location') ?? '', url);
    const isUpgrade =
      url.protocol === 'http:' && next.protocol === 'https:' && next.hostname === url.hostname;
    if (next.origin !== url.origin && !isUpgrade)
      throw new SourceError(`${request.name} redirects to another host; it is not followed`, 'lasting');
    if (request.method === 'POST' && response.status !== 307 && response.status !== 308)
      throw new SourceError(`${request.name} redirects a POST; give the address it redirects to`, 'lasting');
    url = next;
  }
  throw new SourceError(`${request.name} redirects in a circle`);
}

/** The pause a server asks for, in seconds or as a date. */
export function readRetryAfter(header: string | null, now = Date.now()): number | null {
  if (!header) return null;
  const wait = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
