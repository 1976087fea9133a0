import { error } from '@sveltejs/kit';
import * as marketing from '#lib/server/marketing.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from '../drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: drawn.board(await marketing.load(locals.viewer, state, dropped), event) };
};
