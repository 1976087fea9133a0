import type { Condition, Metric } from '../metrics.ts';
import { viewOf } from '../metrics.ts';
import type { Filters } from '../state.ts';
import type { Access } from '../viewer.ts';
import type { Scope } from './scope.ts';

const kinds: Partial<Record<keyof Filters, string>> = {
  team: 'team',
  manager: 'employee',
  product: 'product',
  channel: 'channel',
};

const levels: Record<Access, string> = { company: 'company', team: 'team', own: 'employee' };

/** Plans of different levels do not add up: the level of what is filtered by, else the highest that the viewer sees. */
export function levelOf({ state, viewer }: Pick<Scope, 'state' | 'viewer'>): string {
  const key = (Object.keys(kinds) as (keyof Filters)[]).find((one) => state.filters[one]?.length);
  return (key && kinds[key]) ?? levels[viewer.access];
}

/** A metric of plans with what makes its lines add up: one metric planned, one level. */
export function atLevel(metric: Metric, scope: Pick<Scope, 'state' | 'viewer'>): Metric {
  if (viewOf(metric) !== 'plan_fact') return metric;
  const conditions: Condition[] = [
    { member: 'plan_fact.scope_kind', operator: 'equals', values: [levelOf(scope)] },
  ];
  const planned = scope.state.within.some(([dimension]) => dimension === 'metric');
  if (!planned) conditions.push({ member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] });
  return { ...metric, conditions: [...metric.conditions, ...conditions] };
}
