import * as identities from '#lib/server/identities.ts';
import * as loads from '#lib/server/loads.ts';
import { requireCompany } from './allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { locale } = requireCompany(locals);
  const [overview, who] = await Promise.all([loads.list(locale), identities.count()]);
  return { overview, who };
};
