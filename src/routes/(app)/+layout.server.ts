import { redirect } from '@sveltejs/kit';
import { canPrint } from '#lib/server/exports/paper.ts';
import * as alarms from '#lib/server/loads/alarms.ts';
import * as views from '#lib/server/views.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, url }) => {
  if (!locals.viewer) {
    const to = url.pathname + url.search;
    redirect(303, to === '/' ? '/login' : `/login?${new URLSearchParams({ to })}`);
  }
  const { name, email, role, locale, access } = locals.viewer;
  // The pages about loading say it themselves, and more of it.
  const isTold = access === 'company' && !/^\/data(?!\/identity)(\/|$)/.test(url.pathname);
  const [notices, saved, prints] = await Promise.all([
    isTold ? alarms.notices(locale) : [],
    views.list(locals.viewer),
    canPrint(),
  ]);
  return {
    person: { name, email, role, locale },
    theme: locals.theme,
    alarms: notices,
    canPrint: prints,
    views: saved,
    home: saved.find(({ is_home }) => is_home)?.href ?? null,
  };
};
