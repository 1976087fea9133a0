import { fail, redirect } from '@sveltejs/kit';
import { signIn, signOut } from '#lib/server/sign-in.ts';
import { offer } from '#lib/server/single-sign-on.ts';
import { target } from './target.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals, url }) => {
  if (locals.viewer) redirect(303, target(url));
  return { offer: offer() };
};

export const actions: Actions = {
  in: async ({ request, cookies, url, getClientAddress }) => {
    const form = await request.formData();
    const email = String(form.get('email') ?? '').trim();
    const password = String(form.get('password') ?? '');
    const outcome = await signIn({ email, password, address: getClientAddress(), request });
    if ('problem' in outcome) return fail(outcome.status, { email, problem: outcome.problem });
    for (const { name, value, options } of outcome.cookies) cookies.set(name, value, options);
    if (outcome.isHalf) redirect(303, `/login/code?${new URLSearchParams({ to: target(url) })}`);
    redirect(303, target(url));
  },
  out: async ({ request, cookies, locals }) => {
    for (const name of await signOut(request, locals.viewer)) cookies.delete(name, { path: '/' });
    redirect(303, '/login');
  },
};
