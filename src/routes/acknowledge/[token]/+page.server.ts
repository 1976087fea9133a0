import { fail } from '@sveltejs/kit';
import { byLink, takeByLink } from '#lib/server/incidents.ts';
import { m } from '#lib/paraglide/messages.js';
import type { Actions, PageServerLoad } from './$types';

// Mail scanners open every link: to look changes nothing, only the button of the page does.
export const load: PageServerLoad = async ({ params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
  return { link: await byLink(params.token) };
};

export const actions: Actions = {
  default: async ({ params, request, getClientAddress }) => {
    const comment = String((await request.formData()).get('comment') ?? '');
    const isTaken = await takeByLink(params.token, comment, getClientAddress());
    return isTaken ? { problem: null } : fail(404, { problem: m.incidents_gone() });
  },
};
