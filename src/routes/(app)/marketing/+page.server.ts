import { error } from '@sveltejs/kit';
import * as marketing from '#lib/server/marketing.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: await marketing.load(locals.viewer, state, dropped) };
};
