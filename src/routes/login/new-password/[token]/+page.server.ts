import { fail, redirect } from '@sveltejs/kit';
import * as account from '#lib/server/account.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, setHeaders }) => {
  // the address is a key for as long as it opens
  setHeaders({ 'referrer-policy': 'no-referrer' });
  const whose = await account.invited(params.token);
  return { whose: whose && { name: whose.name, email: whose.email } };
};

export const actions: Actions = {
  default: async ({ request, params, getClientAddress }) => {
    const form = await request.formData();
    const text = (name: string) => String(form.get(name) ?? '');
    const wish = { token: params.token, wanted: text('wanted'), repeated: text('repeated') };
    const outcome = await account.choosePassword({ request, address: getClientAddress() }, wish);
    if ('problem' in outcome) return fail(400, { problem: outcome.problem });
    redirect(303, '/login?ready');
  },
};
