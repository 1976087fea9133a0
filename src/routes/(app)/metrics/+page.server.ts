import { error } from '@sveltejs/kit';
import * as thesaurus from '#lib/server/thesaurus.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const question = (url.searchParams.get('q') ?? '').slice(0, 100);
  return { page: await thesaurus.load(locals.viewer), question };
};
