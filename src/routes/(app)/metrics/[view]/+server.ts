import { error, json } from '@sveltejs/kit';
import { readValues } from '#lib/server/thesaurus.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals }) => {
  if (!locals.viewer) error(401);
  return json((await readValues(locals.viewer, params.view)) ?? error(404));
};
