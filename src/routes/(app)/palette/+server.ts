import { error, json } from '@sveltejs/kit';
import * as palette from '#lib/server/palette.ts';
import type { RequestHandler } from './$types';

/** Everything that can be gone to by name; with `q`, the customers whose name has it. */
export const GET: RequestHandler = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const text = url.searchParams.get('q');
  if (text === null) return json(await palette.list(locals.viewer));
  return json(await palette.customers(locals.viewer, text).catch(() => []));
};
