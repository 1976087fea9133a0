import { fail } from '@sveltejs/kit';
import * as people from '#lib/server/people.ts';
import * as changes from '#lib/server/people/changes.ts';
import { offer } from '#lib/server/single-sign-on.ts';
import { requireAdmin } from '../allowed.ts';
import { linkFor } from './link.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { locale } = requireAdmin(locals);
  return { ...(await people.list()), locale, offer: offer() };
};

/** Where there is single sign-on alone, nobody is given another way in. */
function wayOf(wish: string): 'link' | 'password' | 'sso' {
  const offered = offer();
  if (offered && (wish === 'sso' || offered.isOnly)) return 'sso';
  return wish === 'password' ? 'password' : 'link';
}

export const actions: Actions = {
  add: async (event) => {
    const viewer = requireAdmin(event.locals);
    const form = await event.request.formData();
    const text = (name: string) => String(form.get(name) ?? '');
    const wish = { email: text('email'), name: text('name'), role: text('role') };
    const added = await changes.add(viewer, {
      ...wish,
      way: wayOf(text('way')),
    });
    if ('problem' in added) return fail(400, { ...wish, problem: added.problem });
    const { email, password, token } = added;
    return { email, password, link: token && linkFor(token, event) };
  },
};
