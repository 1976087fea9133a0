import { error } from '@sveltejs/kit';
import * as service from '#lib/server/service.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: await service.load(locals.viewer, state, dropped) };
};
