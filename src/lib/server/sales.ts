import type { Board, Section } from '../board.ts';
import { m } from '../paraglide/messages.js';
import type { Dropped, State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { headOf } from './board.ts';
import * as figures from './sales/figures.ts';
import * as funnel from './sales/funnel.ts';
import * as losses from './sales/losses.ts';
import * as people from './sales/people.ts';
import * as pipelines from './sales/pipelines.ts';
import * as plan from './sales/plan.ts';
import * as rates from './sales/rates.ts';
import * as stuck from './sales/stuck.ts';
import { settle } from './scope.ts';

const metrics = ['sales.won_amount', 'funnel.entered', 'plan_fact.plan'];

/** The page of sales as this viewer sees it: where deals stand, stick and are lost. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<Board> {
  const scope = await settle(viewer, state, dropped);
  const { style } = scope;
  const found = await pipelines.read(scope);
  const inside = pipelines.narrow(scope, found.chosen);
  const [head, summary, planned, way, steps, lost, waiting, byPerson, rated] = await Promise.all([
    headOf(scope, { title: m.sales_title({}, style), lead: m.sales_lead({}, style) }, metrics),
    figures.load(scope),
    plan.load(scope),
    funnel.chart(inside, found.chosen),
    funnel.table(inside),
    losses.load(inside),
    stuck.load(inside),
    people.load(inside),
    rates.load(scope),
  ]);
  const plain = { sentence: '', choices: [] };
  const { chosen } = found;
  const sections: Section[] = [
    { id: 'summary', title: m.sales_section_summary({}, style), ...plain, blocks: [summary, planned] },
    {
      id: 'funnel',
      title:
        chosen === null
          ? m.sales_section_funnel({}, style)
          : m.sales_section_funnel_of({ pipeline: chosen }, style),
      sentence: found.error ?? '',
      choices: found.choices,
      blocks: [way, steps],
    },
    { id: 'losses', title: m.sales_section_losses({}, style), ...plain, blocks: [lost, waiting] },
    { id: 'people', title: m.sales_section_people({}, style), ...plain, blocks: [byPerson] },
    {
      id: 'rates',
      title: m.sales_section_rates({}, style),
      sentence: '',
      choices: rates.choices(scope),
      blocks: [rated],
    },
  ];
  return { ...head, sections };
}
