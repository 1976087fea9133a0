import { fail, type RequestEvent } from '@sveltejs/kit';
import * as planning from '#lib/server/planning.ts';
import { requireAdmin } from '../allowed.ts';
import { readForm } from './form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
  const { locale } = requireAdmin(locals);
  return { ...(await planning.load()), locale };
};

const refuse = (problem: planning.Problem, text = '') => fail(400, { problem, text });

export const actions: Actions = {
  check: async ({ locals, request }: RequestEvent) => {
    requireAdmin(locals);
    const form = await readForm(request);
    if ('problem' in form) return refuse(form.problem);
    if (!form.table) return refuse('unreadable', form.text);
    const preview = await planning.check(form.table, form.fallbacks);
    return 'problem' in preview ? refuse(preview.problem, form.text) : { preview };
  },
  save: async ({ locals, request }: RequestEvent) => {
    const viewer = requireAdmin(locals);
    const form = await readForm(request);
    if ('problem' in form) return refuse(form.problem);
    if (!form.table) return refuse('unreadable');
    const saved = await planning.save(viewer, form.table, form.fallbacks);
    return 'problem' in saved ? refuse(saved.problem) : { saved: saved.saved };
  },
  undo: async ({ locals }: RequestEvent) => {
    const undone = await planning.undo(requireAdmin(locals));
    return 'problem' in undone ? refuse(undone.problem) : { undone: true };
  },
};
