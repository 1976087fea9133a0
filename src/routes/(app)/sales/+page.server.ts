import { error } from '@sveltejs/kit';
import * as sales from '#lib/server/sales.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: await sales.load(locals.viewer, state, dropped) };
};
