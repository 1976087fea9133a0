import { error } from '@sveltejs/kit';
import * as drill from '#lib/server/drill.ts';
import { m } from '#lib/paraglide/messages.js';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  const found = await drill.load(locals.viewer, params.metric, state, dropped);
  if (!found) error(404, m.drill_not_found());
  return { drill: found };
};
