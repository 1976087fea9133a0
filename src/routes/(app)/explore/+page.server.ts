import { error } from '@sveltejs/kit';
import * as explore from '#lib/server/explore.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from '../drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { explore: drawn.board(await explore.load(locals.viewer, state, dropped), event) };
};
