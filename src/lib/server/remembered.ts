import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Lru } from './lru.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/**
 * How long a page may lag behind what is no figure of a load: an incident, a source that has just gone stale. In the
 * second half of that it is made anew beside the readers, who need not wait for it.
 */
const patience = 20_000;

type Kept = { at: number; headers: [string, string][]; packed: Buffer };

const pages = new Lru<Kept>(64 * 1024 * 1024);
const making = new Map<string, Promise<Response>>();
/** Of each answer that is being made, whether all its parts came. */
const made = new AsyncLocalStorage<{ isWhole: boolean }>();
let generation = 0;

/**
 * The answer to a request for a page, made once for equal names and kept compressed. A name has to say all that the
 * page depends on beside time: its address, the person, and the data version, so that a load is seen at once.
 */
export async function remember(
  name: string,
  request: Request,
  make: () => Response | Promise<Response>,
): Promise<Response> {
  const key = `${generation}|${name}`;
  const kept = pages.get(key);
  const age = kept ? Date.now() - kept.at : Infinity;
  const first = making.get(key);
  if (kept && (age < patience / 2 || (age < patience && first))) return answer(kept, request);
  // A joined answer has one body: whoever comes second waits, then finds it kept.
  if (first) {
    await first.catch(() => undefined);
    const ready = pages.get(key);
    if (ready) return answer(ready, request);
  }
  const state = { isWhole: true };
  const next = made
    .run(state, () => Promise.resolve(make()))
    .then((response) => keep(key, response, request, state));
  making.set(key, next);
  const done = next.finally(() => making.delete(key));
  if (!kept || age >= patience) return done;
  done.catch(() => undefined);
  return answer(kept, request);
}

/** A part of the answer that is being made has failed: whoever asks again shall not get the failure again. */
export function spoil(): void {
  const state = made.getStore();
  if (state) state.isWhole = false;
}

/** Somebody has changed something that pages may show; those being made may have missed it. */
export function forget(): void {
  generation += 1;
}

async function keep(
  key: string,
  response: Response,
  request: Request,
  state: { isWhole: boolean },
): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  const isPage = response.status === 200 && /^(text\/html|application\/json|text\/sveltekit-data)/.test(type);
  if (!isPage || response.headers.has('set-cookie')) return response;
  const headers = [...response.headers].filter(([name]) => name !== 'content-length');
  const kept = { at: Date.now(), headers, packed: await pack(await response.arrayBuffer()) };
  if (state.isWhole) pages.set(key, kept, kept.packed.length + 2000);
  return answer(kept, request, null);
}

async function answer(
  { at, headers, packed }: Kept,
  request: Request,
  since: number | null = at,
): Promise<Response> {
  const known = new Headers(headers);
  known.append('vary', 'accept-encoding');
  if (since !== null) known.set('age', String(Math.floor((Date.now() - since) / 1000)));
  if (/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
    known.set('content-encoding', 'gzip');
    return new Response(new Uint8Array(packed), { headers: known });
  }
  return new Response(new Uint8Array(await unpack(packed)), { headers: known });
}
