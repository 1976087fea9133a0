import { error } from '@sveltejs/kit';
import * as explore from '#lib/server/explore.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { explore: await explore.load(locals.viewer, state, dropped) };
};
