import type { CellKind, Column } from '../board.ts';
import { get } from '../metrics.ts';
import { m } from '../paraglide/messages.js';
import { filterKeys, type FilterKey, type Filters } from '../state.ts';
import { dimensionTitle, metricAbout, metricTitle, valueTitle } from '../words.ts';
import type { Scope } from './scope.ts';

/** A column that shows a metric under the metric's own name. */
export function measured({ style }: Pick<Scope, 'style'>, metric: string, key?: string): Column {
  return {
    key: key ?? metric.split('.')[1] ?? metric,
    title: metricTitle(metric, style.locale),
    about: metricAbout(metric, style.locale),
    kind: get(metric).unit,
  };
}

export function named({ style }: Pick<Scope, 'style'>, dimension: string): Column {
  return { key: dimension, title: dimensionTitle(dimension, style.locale), about: '', kind: 'text' };
}

export function titled(key: string, title: string, kind: CellKind, about = ''): Column {
  return { key, title, about, kind };
}

/** A value of a dimension as people read it. */
export function labelled({ style }: Pick<Scope, 'style'>, dimension: string, value: string | null): string {
  return value === null ? m.no_value({}, style) : valueTitle(dimension, value, style.locale);
}

/** Filters of which one is set and all others are taken away. */
export function only(key: FilterKey | null, value: string): Filters {
  const none = Object.fromEntries(filterKeys.map((one) => [one, []])) as Filters;
  return key ? { ...none, [key]: [value] } : none;
}
