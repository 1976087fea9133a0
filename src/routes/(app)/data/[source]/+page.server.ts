import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as loads from '#lib/server/loads.ts';
import { requireCompany } from '../allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { locale } = requireCompany(locals);
  const page = Math.trunc(Number(url.searchParams.get('page'))) || 1;
  const found = await loads.source(params.source, locale, page);
  if (!found) error(404, m.data_not_found());
  return { found };
};
