import type { BoardPage } from '../../exports.ts';
import { find, viewOf } from '../../metrics.ts';
import type { FilterKey, State } from '../../state.ts';
import type { Kept } from './kept.ts';
import type { Rule, Subject } from './rule.ts';

/** The views whose figures each page shows. */
const views: Record<Exclude<BoardPage, 'explore'>, string[]> = {
  marketing: ['marketing', 'attribution', 'cohorts', 'mailings'],
  sales: ['sales', 'funnel', 'plan_fact'],
  managers: ['sales', 'calls', 'activity', 'competence', 'plan_fact'],
  customers: ['customers', 'customer_history', 'receivables'],
  service: ['service', 'nps'],
};

/**
 * Whether a rule judges what a page shows; the first page shows everything.
 * @param page the page's own name, as in `pageOf`
 */
export function concerns(
  page: string,
  { pick }: Pick<State, 'pick'>,
): (rule: Pick<Rule, 'views'>) => boolean {
  const shown = viewsOf(page, pick.show);
  return (rule) => shown === null || rule.views.some((view) => shown.includes(view));
}

function viewsOf(page: string, asked: string[]): string[] | null {
  if (page === 'home') return null;
  const [, metric] = /^drill\/(.+)$/.exec(page) ?? [];
  const metrics = metric ? [metric] : page === 'explore' ? asked : null;
  if (metrics) return metrics.map((name) => viewOf(find(name) ?? { name }));
  return views[page as keyof typeof views] ?? [];
}

/** What a subject says of the dimensions that pages are filtered by. */
function placeOf({ kind, name, within }: Subject): Partial<Record<FilterKey, string | null>> {
  switch (kind) {
    case 'campaign':
      return { channel: within };
    case 'employee':
      return { manager: name, team: within };
    case 'stage':
      return { pipeline: within };
    case 'team':
    case 'product':
    case 'channel':
      return { [kind]: name };
    case 'company':
      return {};
  }
}

/** Whether an incident is of these rules and within the filters, unless it names another value of a filtered dimension. */
export function isAbout(rules: Rule[], { filters }: Pick<State, 'filters'>): (kept: Kept) => boolean {
  const names = new Set<string>(rules.map(({ name }) => name));
  const isWithin = (subject: Subject) =>
    Object.entries(placeOf(subject)).every(([key, name]) => {
      const chosen = filters[key as FilterKey];
      return !name || !chosen?.length || chosen.includes(name);
    });
  return ({ finding }) =>
    finding !== null &&
    [finding, ...(finding.signs ?? [])].some(({ rule }) => names.has(rule)) &&
    isWithin(finding.subject);
}
