import { error, redirect } from '@sveltejs/kit';
import * as home from '#lib/server/home.ts';
import * as views from '#lib/server/views.ts';
import { parse } from '#lib/state.ts';
import type { PageServerLoad } from './$types';
import * as drawn from './drawn.ts';

export const load: PageServerLoad = async (event) => {
  const { locals, url, isDataRequest } = event;
  if (!locals.viewer) error(401);
  // whoever comes to the bare address comes home; a link within the product means the company's page
  const own = url.search || isDataRequest ? null : await views.homeOf(locals.viewer);
  if (own) redirect(307, own.href);
  const { state, dropped } = parse(url.searchParams);
  return { home: drawn.home(await home.load(locals.viewer, state, dropped), event) };
};
