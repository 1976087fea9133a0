import { error, fail, type RequestEvent } from '@sveltejs/kit';
import { m } from '#lib/paraglide/messages.js';
import type { Viewer } from '#lib/viewer.ts';
import * as people from '#lib/server/people.ts';
import * as changes from '#lib/server/people/changes.ts';
import { offer } from '#lib/server/single-sign-on.ts';
import { requireAdmin } from '../../allowed.ts';
import { linkFor } from '../link.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
  const { locale } = requireAdmin(locals);
  const found = params.id.includes('\0') ? null : await people.find(params.id);
  if (!found) error(404, m.settings_problem_gone());
  const link = ({ source, source_id, name }: people.Link) => ({
    name,
    source,
    value: changes.writeLink({ source, source_id }),
  });
  const teams = found.teams.map((team) => ({ ...link(team), is_led: team.is_led }));
  return {
    ...found,
    employees: found.employees.map(link),
    teams,
    locale,
    has_passwords: !offer()?.isOnly,
  };
};

type Work = (by: Viewer, id: string) => Promise<{ done: true } | { problem: changes.Problem }>;

/** One form each; they work before any script has run. */
function action(work: Work) {
  return async ({ locals, params }: RequestEvent<{ id: string }>) => {
    const outcome = await work(requireAdmin(locals), params.id);
    return 'problem' in outcome ? fail(400, { problem: outcome.problem }) : { done: true };
  };
}

export const actions: Actions = {
  change: async ({ locals, params, request }) => {
    const viewer = requireAdmin(locals);
    const form = await request.formData();
    const text = (name: string) => String(form.get(name) ?? '');
    const all = (name: string) => form.getAll(name).map(String);
    const outcome = await changes.change(viewer, params.id, {
      role: text('role'),
      locale: text('locale'),
      teams: all('team'),
      employees: all('linked'),
      employee: text('employee'),
    });
    return 'problem' in outcome ? fail(400, { problem: outcome.problem }) : { done: true };
  },
  password: async (event) => {
    const outcome = await changes.resetPassword(requireAdmin(event.locals), event.params.id);
    if ('problem' in outcome) return fail(400, { problem: outcome.problem });
    return { done: true, email: outcome.email, link: linkFor(outcome.token ?? '', event) };
  },
  disable: action(changes.disable),
  enable: action(changes.enable),
  sessions: action(changes.endSessions),
  step: action(changes.dropSecondStep),
};
