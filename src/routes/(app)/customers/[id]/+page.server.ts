import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as card from '#lib/server/card.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  if (!locals.viewer) error(401);
  const { state, dropped } = parse(url.searchParams);
  const found = await card.load(locals.viewer, params.id, state, dropped);
  if (!found) error(404, m.card_not_found());
  return { card: found };
};
