import type { Board, Section } from '../board.ts';
import { m } from '../paraglide/messages.js';
import type { Dropped, State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { headOf } from './board.ts';
import * as cohorts from './customers/cohorts.ts';
import * as contact from './customers/contact.ts';
import * as debts from './customers/debts.ts';
import * as figures from './customers/figures.ts';
import * as matrix from './customers/matrix.ts';
import * as risk from './customers/risk.ts';
import * as search from './customers/search.ts';
import * as value from './customers/value.ts';
import { settle } from './scope.ts';

const metrics = ['customers.paying', 'customers.contact_overdue', 'receivables.outstanding'];

/** The page of customers as this viewer sees it: who brings the money, who is leaving, who is neglected, who owes. */
export async function load(viewer: Viewer, state: State, dropped: Dropped[] = []): Promise<Board> {
  const scope = await settle(viewer, state, dropped);
  const { style } = scope;
  const [
    head,
    found,
    summary,
    silent,
    gone,
    classes,
    groups,
    rules,
    owners,
    months,
    brought,
    owed,
    age,
    who,
  ] = await Promise.all([
    headOf(scope, { title: m.customers_title({}, style), lead: m.customers_lead({}, style) }, metrics),
    scope.state.q === null ? null : search.load(scope, scope.state.q),
    figures.load(scope),
    risk.risk(scope),
    risk.churned(scope),
    matrix.abcXyz(scope),
    matrix.bcg(scope),
    contact.segments(scope),
    contact.owners(scope),
    cohorts.load(scope),
    value.load(scope),
    debts.figures(scope),
    debts.ageing(scope),
    debts.debtors(scope),
  ]);
  const section = (id: string, title: string, ...blocks: Section['blocks']): Section => ({
    id,
    title,
    sentence: '',
    choices: [],
    blocks,
  });
  const sections = [
    ...(found ? [section('found', m.customers_section_found({}, style), found)] : []),
    section('summary', m.customers_section_summary({}, style), summary),
    section('risk', m.customers_section_risk({}, style), silent, gone),
    section('contact', m.customers_section_contact({}, style), rules, owners),
    section('classes', m.customers_section_classes({}, style), classes, groups),
    {
      ...section('cohorts', m.customers_section_cohorts({}, style), months),
      choices: cohorts.choices(scope),
    },
    { ...section('value', m.customers_section_value({}, style), brought), choices: value.choices(scope) },
    section('debts', m.customers_section_debts({}, style), owed, age, who),
  ];
  return { ...head, sections };
}
