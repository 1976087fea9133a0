import { error, redirect } from '@sveltejs/kit';
import * as views from '#lib/server/views.ts';
import { m } from '#lib/paraglide/messages.js';
import { isPage } from '../pages.ts';
import type { PageServerLoad } from './$types';

/** A view leads to its page; what has become of its filters is said there. */
export const load: PageServerLoad = async ({ locals, params }) => {
  if (!locals.viewer) error(401);
  const view = await views.find(locals.viewer, params.id);
  if (!view) error(404, m.views_not_found());
  if (await isPage(view.target.replace(/\?.*$/s, ''))) redirect(307, view.target);
  return { view };
};
