import { error } from '@sveltejs/kit';
import * as home from '#lib/server/home.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { home: await home.load(locals.viewer, state, dropped) };
};
