import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as desk from '#lib/server/reports/desk.ts';
import { toParams } from '../params.ts';
import type { Actions, PageServerLoad } from './$types';

async function claim({ locals, params }: Pick<RequestEvent, 'locals' | 'params'>) {
  const { viewer } = locals;
  if (!viewer) error(401);
  const schedule = await desk.find(viewer, params.id ?? '');
  if (!schedule) error(404, m.schedules_problem_gone());
  return { viewer, schedule };
}

export const load: PageServerLoad = async (event) => {
  const { viewer, schedule } = await claim(event);
  return { ...(await desk.open(viewer, schedule)), isSaved: event.url.searchParams.has('saved') };
};

export const actions: Actions = {
  save: async (event) => {
    const { viewer, schedule } = await claim(event);
    const form = toParams(await event.request.formData());
    const done = await desk.save(viewer, form, schedule);
    if ('problems' in done) return fail(400, { problems: done.problems, given: form.toString() });
    redirect(303, `/reports/${schedule.id}?saved`);
  },
  pause: async (event) => {
    const { viewer, schedule } = await claim(event);
    await desk.pause(viewer, schedule);
  },
  remove: async (event) => {
    const { viewer, schedule } = await claim(event);
    await desk.remove(viewer, schedule);
    redirect(303, '/reports?removed');
  },
  send: async (event) => {
    const { viewer, schedule } = await claim(event);
    const cause = await desk.sendNow(viewer, schedule);
    if (cause !== null) return fail(502, { said: m.schedules_not_sent({ cause }) });
    return { said: m.schedules_sent_now({ address: viewer.email }) };
  },
  again: async (event) => {
    const { viewer, schedule } = await claim(event);
    const at = new Date(String((await event.request.formData()).get('run') ?? ''));
    const count = Number.isNaN(at.getTime()) ? 0 : await desk.sendAgain(viewer, schedule, at);
    return { said: m.schedules_again_done({ shown: String(count) }) };
  },
};
