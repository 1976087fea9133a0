import * as loads from '#lib/server/loads.ts';
import { requireCompany } from './allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { locale } = requireCompany(locals);
  return { overview: await loads.list(locale) };
};
