import { fail } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import { byLink, leave } from '#lib/server/reports/unsubscribe.ts';
import type { Actions, PageServerLoad } from './$types';

// Mail scanners open every link: to look changes nothing. The button, and a mail program's own (RFC 8058), post.
export const load: PageServerLoad = async ({ params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store', 'x-robots-tag': 'noindex' });
  return { mailing: await byLink(params.token) };
};

export const actions: Actions = {
  default: async ({ params, request, getClientAddress }) => {
    const isBack = (await request.formData()).has('back');
    const isDone = await leave(params.token, isBack, getClientAddress());
    return isDone ? { isDone } : fail(404, { problem: m.schedules_unsubscribe_bad() });
  },
};
