import { redirect } from '@sveltejs/kit';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = ({ locals, url }) => {
  if (!locals.viewer) {
    const to = url.pathname + url.search;
    redirect(303, to === '/' ? '/login' : `/login?${new URLSearchParams({ to })}`);
  }
  const { name, email, role, locale } = locals.viewer;
  return { person: { name, email, role, locale }, theme: locals.theme };
};
