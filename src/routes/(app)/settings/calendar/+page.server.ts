import * as workingDays from '#lib/server/working-days.ts';
import { requireAdmin } from '../allowed.ts';
import type { Actions, PageServerLoad } from './$types';

/** The year of the address, as far as the calendar of the warehouse goes. */
function yearOf(text: string | null): number {
  const year = Number(text);
  return Number.isInteger(year) && year >= 2000 && year <= 2100 ? year : new Date().getFullYear();
}

export const load: PageServerLoad = async ({ locals, url }) => {
  const { locale } = requireAdmin(locals);
  return { ...(await workingDays.load(yearOf(url.searchParams.get('year')))), locale };
};

export const actions: Actions = {
  default: async ({ locals, request }) => {
    const viewer = requireAdmin(locals);
    const form = await request.formData();
    return workingDays.save(
      viewer,
      yearOf(String(form.get('year'))),
      new Set(form.getAll('work').map(String)),
    );
  },
};
