import { error, fail } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as incidents from '#lib/server/incidents.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  if (!locals.viewer) error(401);
  return { incidents: await incidents.load(locals.viewer) };
};

export const actions: Actions = {
  default: async ({ locals, request, getClientAddress }) => {
    if (!locals.viewer) error(401);
    const form = await request.formData();
    const by = { way: 'page', ip_address: getClientAddress() } as const;
    const [id, comment] = [String(form.get('id') ?? ''), String(form.get('comment') ?? '')];
    const isTaken = await incidents.acknowledge(locals.viewer, id, comment, by);
    return isTaken ? { taken: id, problem: null } : fail(404, { taken: null, problem: m.incidents_gone() });
  },
};
