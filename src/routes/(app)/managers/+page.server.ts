import { error } from '@sveltejs/kit';
import * as managers from '#lib/server/managers.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from '../drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: drawn.board(await managers.load(locals.viewer, state, dropped), event) };
};
