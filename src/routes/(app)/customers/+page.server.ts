import { error } from '@sveltejs/kit';
import * as customers from '#lib/server/customers.ts';
import * as pictures from '#lib/server/pictures.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const { locals, url } = event;
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: pictures.onBoard(await customers.load(locals.viewer, state, dropped), event) };
};
