import type { Viewer } from '../viewer.ts';
import { auth } from './auth.ts';
import { Lru } from './lru.ts';
import * as viewers from './viewers.ts';

/** How long a closed account may still be let in by a process that has just seen it. */
const patience = 1000;

type Seen = { at: number; viewer: Promise<Viewer | null> };

const known = new Lru<Seen>(2000);
let generation = 0;

/** Who asks, by the session's cookie; the browser's many requests for one page are looked up once. */
export function identify(headers: Headers): Promise<Viewer | null> {
  const cookie = headers.get('cookie');
  if (!cookie) return Promise.resolve(null);
  const key = `${generation}|${cookie}`;
  const seen = known.get(key);
  if (seen && Date.now() - seen.at < patience) return seen.viewer;
  const viewer = look(headers);
  known.set(key, { at: Date.now(), viewer }, 1);
  viewer.catch(() => known.set(key, { at: 0, viewer }, 1));
  return viewer;
}

/** Somebody has signed out, or may have been changed. */
export function forget(): void {
  generation += 1;
}

async function look(headers: Headers): Promise<Viewer | null> {
  const session = await auth().api.getSession({ headers });
  return session ? viewers.find(session.user.id) : null;
}
