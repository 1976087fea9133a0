import { fail } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import * as identities from '#lib/server/identities.ts';
import { requireCompany } from '../allowed.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
  const viewer = requireCompany(locals);
  return { identity: await identities.load(viewer, url.searchParams) };
};

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const viewer = requireCompany(locals);
    if (viewer.role !== 'admin') return fail(403, { problem: m.identity_admins_only() });
    const isKept = await identities.decide(viewer, await request.formData());
    return isKept ? { problem: null } : fail(400, { problem: m.identity_gone() });
  },
};
