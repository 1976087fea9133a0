import type { Totals } from '../../decomposition.ts';
import { get, type Condition } from '../../metrics.ts';
import { filtersFor, type TimeDimension } from '../../query.ts';
import type { Range } from '../../period.ts';
import type { FilterKey, State } from '../../state.ts';
import * as cube from '../cube.ts';
import { numberIn } from '../figures.ts';
import type { Scope } from '../scope.ts';

export type Counted = Totals & { deals_without_cost: number };

/** Spend has a channel and belongs to nobody: under any other filter no part of it is theirs. */
export function whySpendIsUnknown({
  viewer,
  state,
  freshness,
}: Scope): 'source' | 'rights' | 'filter' | null {
  if (freshness.missing(['marketing_spend']).length) return 'source';
  if (viewer.access !== 'company') return 'rights';
  const keys = Object.keys(state.filters) as FilterKey[];
  return keys.some((key) => key !== 'channel' && state.filters[key]?.length) ? 'filter' : null;
}

/** What the pages show of a period: leads by their creation, deals by their closing, spend by its day. */
export async function readPeriod(scope: Scope, range: Range): Promise<Counted> {
  const sales = filtersFor({ ...get('sales.won_amount'), conditions: [] }, scope.state).filters;
  const ask = async (measures: string[], time: string, filters: Condition[]) => {
    const timeDimensions: TimeDimension[] = [{ dimension: time, dateRange: [range.from, range.to] }];
    const query = { measures, timeDimensions, filters, timezone: scope.timezone };
    return (await cube.load(scope.viewer, query)).rows[0];
  };
  const [created, closed, buying, spent] = await Promise.all([
    ask(['sales.deals'], 'sales.created_at', sales),
    ask(
      ['deals_won', 'won_amount', 'gross_profit', 'deals_without_cost'].map((name) => `sales.${name}`),
      'sales.closed_at',
      sales,
    ),
    // Different customers cannot be summed up from days, so no rollup would answer the others beside them.
    ask(['sales.buyers'], 'sales.closed_at', [
      ...sales,
      { member: 'sales.status', operator: 'equals', values: ['won'] },
    ]),
    whySpendIsUnknown(scope)
      ? null
      : ask(['marketing.spend'], 'marketing.date', filtersFor(get('marketing.romi'), scope.state).filters),
  ]);
  const read = (name: string) => numberIn(closed, `sales.${name}`) ?? 0;
  const isCustomerKnown = scope.freshness.missing(['customers']).length === 0;
  return {
    leads: numberIn(created, 'sales.deals') ?? 0,
    buyers: isCustomerKnown ? (numberIn(buying, 'sales.buyers') ?? 0) : null,
    won: read('deals_won'),
    revenue: read('won_amount'),
    gross_profit: read('gross_profit'),
    spend: spent === null ? null : (numberIn(spent, 'marketing.spend') ?? 0),
    deals_without_cost: read('deals_without_cost'),
  };
}

/** The names under which a sum may be planned; the first that is counts. */
const planned: Record<keyof Totals, string[]> = {
  leads: ['leads', 'deals'],
  buyers: [],
  won: ['deals_won', 'won'],
  revenue: ['won_amount', 'revenue'],
  gross_profit: ['gross_profit'],
  spend: ['spend'],
};

export type Whose = { kind: string; scopes: string[] };
const kinds: Partial<Record<FilterKey, string>> = {
  team: 'team',
  manager: 'employee',
  product: 'product',
  channel: 'channel',
};

/** Whose plans to add up: of what one filter names, else of all the viewer sees; two filters cut across plans. */
export function whosePlan({ state, viewer }: { state: State; viewer: Scope['viewer'] }): Whose | null {
  const used = (Object.keys(state.filters) as FilterKey[]).filter((key) => state.filters[key]?.length);
  const [key] = used;
  if (key) {
    const kind = kinds[key];
    return used.length === 1 && kind ? { kind, scopes: state.filters[key] ?? [] } : null;
  }
  if (viewer.access === 'company') return { kind: 'company', scopes: [] };
  return { kind: viewer.access === 'team' ? 'team' : 'employee', scopes: [] };
}

/** What was planned for the part of the month that is over, and what was reached; null where there is no such plan. */
export async function readPlan(scope: Scope, month: string): Promise<{ plan: Totals; fact: Totals } | null> {
  const whose = whosePlan(scope);
  if (!whose) return null;
  const equals = (name: string, values: string[]): Condition => ({
    member: `plan_fact.${name}`,
    operator: 'equals',
    values,
  });
  const { rows } = await cube.load(scope.viewer, {
    measures: ['plan_fact.expected', 'plan_fact.fact'],
    dimensions: ['plan_fact.metric'],
    timeDimensions: [{ dimension: 'plan_fact.month', dateRange: [month, month] }],
    filters: [
      equals('metric', Object.values(planned).flat()),
      equals('scope_kind', [whose.kind]),
      ...(whose.scopes.length ? [equals('scope', whose.scopes)] : []),
    ],
    timezone: scope.timezone,
  });
  const pick = (measure: string) => (total: keyof Totals) => {
    const row = planned[total]
      .map((name) => rows.find((one) => one['plan_fact.metric'] === name))
      .find((one) => one !== undefined);
    return numberIn(row, `plan_fact.${measure}`);
  };
  const totals = (of: (total: keyof Totals) => number | null): Totals => ({
    leads: of('leads'),
    buyers: null,
    won: of('won'),
    revenue: of('revenue'),
    gross_profit: of('gross_profit'),
    spend: of('spend'),
  });
  return rows.length ? { plan: totals(pick('expected')), fact: totals(pick('fact')) } : null;
}
