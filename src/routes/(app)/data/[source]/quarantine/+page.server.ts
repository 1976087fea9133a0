import { error } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as loads from '#lib/server/loads.ts';
import { requireCompany } from '../../allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
  const { locale } = requireCompany(locals);
  const page = Math.trunc(Number(url.searchParams.get('page'))) || 1;
  const chosen = { group: url.searchParams.get('group'), page };
  const quarantine = await loads.quarantine(params.source, locale, chosen);
  if (!quarantine) error(404, m.data_not_found());
  return { quarantine };
};
