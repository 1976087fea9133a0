import { error } from '@sveltejs/kit';
import * as why from '#lib/server/why.ts';
import { m } from '#lib/paraglide/messages.js';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  const found = await why.load(locals.viewer, params.metric, state, dropped);
  if (!found) error(404, m.drill_not_found());
  return { why: found };
};
