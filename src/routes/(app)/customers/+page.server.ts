import { error } from '@sveltejs/kit';
import * as customers from '#lib/server/customers.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  return { board: await customers.load(locals.viewer, state, dropped) };
};
