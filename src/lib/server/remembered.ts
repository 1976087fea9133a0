import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { Lru } from './lru.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** How long a page may lag behind what is no figure of a load: an incident, a source that has just gone stale. */
const patience = 15_000;

type Kept = { at: number; headers: [string, string][]; packed: Buffer };

const pages = new Lru<Kept>(64 * 1024 * 1024);
const making = new Map<string, Promise<Response>>();
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
  if (kept && Date.now() - kept.at < patience) return answer(kept, request);
  // A joined answer has one body: whoever comes second waits, then finds it kept.
  const first = making.get(key);
  if (first) {
    await first.catch(() => undefined);
    const made = pages.get(key);
    if (made) return answer(made, request);
  }
  const made = Promise.resolve(make()).then((response) => keep(key, response, request));
  making.set(key, made);
  return made.finally(() => making.delete(key));
}

/** Somebody has changed something that pages may show; those being made may have missed it. */
export function forget(): void {
  generation += 1;
}

async function keep(key: string, response: Response, request: Request): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  const isPage = response.status === 200 && /^(text\/html|application\/json|text\/sveltekit-data)/.test(type);
  if (!isPage || response.headers.has('set-cookie')) return response;
  const headers = [...response.headers].filter(([name]) => name !== 'content-length');
  const kept = { at: Date.now(), headers, packed: await pack(await response.arrayBuffer()) };
  pages.set(key, kept, kept.packed.length + 2000);
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
