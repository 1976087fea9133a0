import { error } from '@sveltejs/kit';
import * as customers from '#lib/server/customers.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from '../drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: drawn.board(await customers.load(locals.viewer, state, dropped), event) };
};
