import { error, fail, redirect } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as desk from '#lib/server/reports/desk.ts';
import { toParams } from '../params.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) error(401);
  const [page, state] = [url.searchParams.get('page') ?? '/', url.searchParams.get('state') ?? ''];
  const [schedule, choices] = await Promise.all([
    desk.blank(locals.viewer, page, state),
    desk.choices(locals.viewer),
  ]);
  if (!schedule) error(404, m.schedules_problem_page());
  return { schedule, choices };
};

export const actions: Actions = {
  default: async ({ locals, request }) => {
    if (!locals.viewer) error(401);
    const form = toParams(await request.formData());
    const done = await desk.save(locals.viewer, form, null);
    if ('problems' in done) return fail(400, { problems: done.problems, given: form.toString() });
    redirect(303, `/reports/${done.id}?saved`);
  },
};
