import * as trail from '#lib/server/trail.ts';
import { actions } from '#lib/server/audit.ts';
import { requireAdmin } from '../allowed.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const { locale } = requireAdmin(locals);
  return { trail: await trail.load(locale, url.searchParams), actions };
};
