import { fail, redirect } from '@sveltejs/kit';
import { prove } from '#lib/server/sign-in.ts';
import { target } from '../target.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  if (locals.viewer) redirect(303, target(url));
};

export const actions: Actions = {
  default: async ({ request, cookies, url, getClientAddress }) => {
    const form = await request.formData();
    const isBackup = form.has('backup');
    const code = String(form.get(isBackup ? 'backup' : 'code') ?? '').slice(0, 100);
    const caller = { request, address: getClientAddress() };
    const outcome = await prove({ ...caller, code, isBackup, isTrusted: form.has('trusted') });
    if ('problem' in outcome) {
      return fail(outcome.status, { problem: outcome.problem, isOver: outcome.isOver, isBackup });
    }
    for (const { name, value, options } of outcome.cookies) cookies.set(name, value, options);
    redirect(303, target(url));
  },
};
