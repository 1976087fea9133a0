import { error } from '@sveltejs/kit';
import * as desk from '#lib/server/reports/desk.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  return { ...(await desk.overview(locals.viewer)), isRemoved: url.searchParams.has('removed') };
};
