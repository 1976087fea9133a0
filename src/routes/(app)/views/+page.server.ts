import { error, fail, redirect, type RequestEvent } from '@sveltejs/kit';
import type { Viewer } from '#lib/viewer.ts';
import { pageOf } from '#lib/exports.ts';
import * as catalogue from '#lib/server/catalogue.ts';
import { describe } from '#lib/server/naming.ts';
import * as views from '#lib/server/views.ts';
import { isPage } from './pages.ts';
import type { Actions, PageServerLoad } from './$types';

type Fields = { text(name: string): string; is(name: string): boolean };

/** One form each; they work before any script has run. */
function action(work: (viewer: Viewer, fields: Fields) => ReturnType<typeof views.add>) {
  return async ({ request, locals }: RequestEvent) => {
    if (!locals.viewer) error(401);
    const form = await request.formData();
    const text = (name: string) => String(form.get(name) ?? '');
    const done = await work(locals.viewer, { text, is: (name) => form.has(name) });
    return 'problem' in done ? fail(400, { problem: done.problem, id: text('id') }) : { done: done.id };
  };
}

export const actions: Actions = {
  add: action(async (viewer, { text, is }) => {
    const page = text('page');
    if (!(await isPage(page))) return { problem: 'page' };
    const state = text('state').replace(/^\?/, '');
    const wish = { title: text('title'), page, state, is_shared: is('shared'), is_home: is('home') };
    return views.add(viewer, wish);
  }),
  change: action((viewer, { text, is }) =>
    views.change(viewer, text('id'), { title: text('title'), is_shared: is('shared') }),
  ),
  remove: action((viewer, { text }) => views.remove(viewer, text('id'))),
  home: action((viewer, { text }) => views.chooseHome(viewer, text('id') || null)),
};

export const load: PageServerLoad = async ({ locals: { viewer }, parent }) => {
  if (!viewer) redirect(303, '/login');
  // where it cannot be read, metrics are called by their names
  const [{ views: saved }] = await Promise.all([parent(), catalogue.read().catch(() => null)]);
  const told = saved.map(({ id, target }) => {
    const { pathname, searchParams } = new URL(target, 'http://pulse');
    const page = pageOf(pathname);
    const { name, about } = page ? describe(page, searchParams.toString(), viewer) : { name: '', about: '' };
    return [id, [name, about].filter(Boolean).join(' · ')];
  });
  return { about: Object.fromEntries(told) as Record<string, string> };
};
