import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as desk from '#lib/server/reports/desk.ts';
import type { RequestHandler } from './$types';

/** A mail is a document of its own, with styles in its elements and pictures within: nothing else is let in. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export const GET: RequestHandler = async ({ locals, params, url }) => {
  if (!locals.viewer) error(401);
  const schedule = await desk.find(locals.viewer, params.id);
  if (!schedule) error(404, m.schedules_problem_gone());
  const asked = url.searchParams.get('locale');
  const locale = asked === 'ru' || asked === 'en' ? asked : null;
  const seen = await desk.preview(locals.viewer, schedule, url.searchParams.get('as') ?? '', locale);
  if (!seen) error(403, m.schedules_preview_refused());
  if ('problem' in seen) error(409, seen.problem);
  return new Response(seen.html, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
    },
  });
};
