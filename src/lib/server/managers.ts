import type { Board, Section } from '../board.ts';
import { m } from '../paraglide/messages.js';
import type { Dropped, State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { headOf } from './board.ts';
import * as activity from './managers/activity.ts';
import * as calls from './managers/calls.ts';
import * as competence from './managers/competence.ts';
import * as discipline from './managers/discipline.ts';
import * as left from './managers/left.ts';
import * as load_ from './managers/load.ts';
import * as plan from './managers/plan.ts';
import { settle } from './scope.ts';

const metrics = ['plan_fact.plan', 'sales.deals', 'activity.contacts', 'calls.calls', 'customers.customers'];

/** The page of managers as this viewer sees it: what each has promised, does, keeps and neglects. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<Board> {
  const scope = await settle(viewer, state, dropped);
  const { style } = scope;
  const [head, plans, done, phone, chart, kept, gone, neglected, skills, points] = await Promise.all([
    headOf(scope, { title: m.managers_title({}, style), lead: m.managers_lead({}, style) }, metrics),
    plan.load(scope),
    activity.load(scope),
    calls.load(scope),
    load_.chart(scope),
    load_.table(scope),
    left.load(scope),
    discipline.load(scope),
    competence.table(scope),
    competence.chart(scope),
  ]);
  const section = (id: string, title: string, ...blocks: Section['blocks']): Section => ({
    id,
    title,
    sentence: '',
    choices: [],
    blocks,
  });
  const sections = [
    section('plans', m.managers_section_plan({}, style), plans),
    section('activity', m.managers_section_activity({}, style), done),
    section('calls', m.managers_section_calls({}, style), phone),
    section('load', m.managers_section_load({}, style), chart, kept, gone),
    section('discipline', m.managers_section_discipline({}, style), neglected),
    section('competence', m.managers_section_competence({}, style), points, skills),
  ];
  return { ...head, sections };
}
