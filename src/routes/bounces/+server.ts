import { json } from '@sveltejs/kit';
import { take } from '#lib/server/reports/bounces.ts';
import { readBody } from '../ingest/body.ts';
import type { RequestHandler } from './$types';

/** Takes a letter of a mail server that says which report could not be delivered, as it is. */
export const POST: RequestHandler = async ({ request }) => {
  const body = await readBody(request);
  if (!body) return json({ error: 'too large' }, { status: 413 });
  const isKnown = await take(body.toString('utf8'));
  // A mail server that pipes it here would keep what is refused; nothing gets better by that.
  return json({ known: isKnown }, { status: 202 });
};
