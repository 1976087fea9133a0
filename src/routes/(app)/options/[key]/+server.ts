import { error, json } from '@sveltejs/kit';
import { list } from '#lib/server/options.ts';
import { filterKeys } from '#lib/state.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ params, locals, url }) => {
  const key = filterKeys.find((name) => name === params.key);
  if (!locals.viewer) error(401);
  if (!key) error(404);
  return json(await list(locals.viewer, key, (url.searchParams.get('q') ?? '').slice(0, 300)));
};
