import { error } from '@sveltejs/kit';
import { Problem } from '#lib/problem.ts';
import { Busy, NoBrowser } from '#lib/server/exports/paper.ts';
import { problemText } from '#lib/words.ts';
import { m } from '#lib/paraglide/messages.js';
import { getLocale } from '#lib/paraglide/runtime.js';

/** What is expected to go wrong, as a sentence. */
export function tell(failure: unknown): never {
  if (failure instanceof NoBrowser) error(501, m.exports_no_browser());
  if (failure instanceof Busy) error(503, m.exports_busy());
  if (failure instanceof Problem) error(503, problemText(failure.code, '', getLocale()));
  throw failure;
}

/** Where this very process listens, whatever address people type. */
export function ownAddress(url: URL): string {
  const { HOST = '127.0.0.1', PORT } = process.env;
  const host = HOST === '0.0.0.0' || HOST === '::' ? '127.0.0.1' : HOST;
  return PORT ? `http://${host}:${PORT}` : url.origin;
}
