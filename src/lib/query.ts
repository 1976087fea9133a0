import { memberOf, viewOf, type Condition, type Metric } from './metrics.ts';
import type { Grain } from './page.ts';
import type { Range } from './period.ts';
import { filterKeys, type FilterKey, type State } from './state.ts';

export type TimeDimension = { dimension: string; dateRange?: [string, string]; granularity?: Grain };

/** The part of Cube's REST query this product uses. */
export type CubeQuery = {
  measures?: string[];
  dimensions?: string[];
  timeDimensions?: TimeDimension[];
  filters?: Condition[];
  order?: [string, 'asc' | 'desc'][];
  limit?: number;
  offset?: number;
  total?: boolean;
  timezone?: string;
};

export type Scope = { state: State; range: Range | null; timezone: string };

/** The metric's own conditions and the chosen filters, and which of these it has no dimension for. */
export function filtersFor(metric: Metric, state: State): { filters: Condition[]; ignored: FilterKey[] } {
  const { filters, ignored } = filtersIn(viewOf(metric), state);
  const steps = state.within
    .filter(([dimension]) => metric.dimensions.includes(dimension))
    .map(([dimension, value]) => isOneOf(`${viewOf(metric)}.${dimension}`, [value]));
  return { filters: [...metric.conditions, ...filters, ...steps], ignored };
}

/** The chosen filters as a view knows them. */
export function filtersIn(view: string, state: State): { filters: Condition[]; ignored: FilterKey[] } {
  const filters: Condition[] = [];
  const ignored: FilterKey[] = [];
  for (const key of filterKeys) {
    const values = state.filters[key];
    if (!values?.length) continue;
    const member = memberOf(view, key);
    if (member) filters.push(isOneOf(member, values));
    else ignored.push(key);
  }
  return { filters, ignored };
}

/** Cube tells "no value" from text: an empty string in a link stands for it. */
export function isOneOf(member: string, values: string[]): Condition {
  return values.length === 1 && values[0] === ''
    ? { member, operator: 'notSet' }
    : { member, operator: 'equals', values };
}

function timed(metric: Metric, range: Range | null, granularity?: Grain): TimeDimension[] {
  if (!metric.time || (!range && !granularity)) return [];
  return [
    {
      dimension: metric.time,
      ...(range ? { dateRange: [range.from, range.to] as [string, string] } : {}),
      ...(granularity ? { granularity } : {}),
    },
  ];
}

/** One number. */
export function totalQuery(metric: Metric, { state, range, timezone }: Scope): CubeQuery {
  return {
    measures: [metric.name],
    timeDimensions: timed(metric, range),
    filters: filtersFor(metric, state).filters,
    timezone,
  };
}

/** Its course over time. */
export function trendQuery(metric: Metric, { state, range, timezone }: Scope, grain: Grain): CubeQuery {
  return {
    measures: [metric.name],
    timeDimensions: timed(metric, range, grain),
    filters: filtersFor(metric, state).filters,
    order: metric.time ? [[metric.time, 'asc']] : [],
    timezone,
  };
}

/** Its parts by a dimension of its own view, largest first. */
export function partsQuery(
  metric: Metric,
  { state, range, timezone }: Scope,
  dimension: string,
  limit: number,
  measures: string[] = [metric.name],
): CubeQuery {
  return {
    measures,
    dimensions: [`${viewOf(metric)}.${dimension}`],
    timeDimensions: timed(metric, range),
    filters: filtersFor(metric, state).filters,
    order: [[measures[0] ?? metric.name, 'desc']],
    limit,
    timezone,
  };
}
