import type { Metric } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { changeOf } from '../figures.ts';
import { parts } from '../parts.ts';
import type { Scope } from '../scope.ts';
import type { Picture } from './pages.ts';
import { amount, type Sheet } from './sheet.ts';

const drawn = 24;

/** A metric by one dimension: all parts as a table, the largest as a picture. */
export async function partSheet(
  scope: Scope,
  metric: Metric,
  by: string,
): Promise<{ sheet: Sheet; chart: Picture }> {
  const { style, comparison } = scope;
  const { shown, sum } = await parts(scope, metric, by, Infinity);
  const dimension_title = dimensionTitle(by, style.locale);
  const title = metricTitle(metric.name, style.locale);
  const isCompared = metric.time !== null && comparison !== null;
  const sheet: Sheet = {
    id: 'parts',
    title: dimension_title,
    columns: [
      { title: dimension_title, kind: 'text' },
      { title, kind: metric.unit },
      ...(metric.is_additive ? [{ title: m.drill_share({}, style), kind: 'percent' as const }] : []),
      ...(isCompared
        ? [
            { title: m.drill_before({}, style), kind: metric.unit },
            { title: m.drill_change({}, style), kind: 'points' as const },
          ]
        : []),
    ],
    rows: shown.map(({ label, value, before }) => {
      const { change, change_kind } = changeOf(metric, value, before);
      const isShare = change_kind === 'relative' || metric.unit === 'percent';
      return [
        label,
        value,
        ...(metric.is_additive ? [sum > 0 ? (value ?? 0) / sum : null] : []),
        ...(isCompared ? [before, isShare ? change : amount(change, metric.unit)] : []),
      ];
    }),
    total: null,
    notes: () => [],
  };
  const known = shown.filter(({ value }) => value !== null).slice(0, drawn);
  const chart: Picture = {
    id: 'parts',
    title: `${title}: ${dimension_title}`,
    sentence: '',
    spec: {
      kind: 'bar',
      dimension: by,
      dimension_title,
      series: [{ key: 'value', title, unit: metric.unit, role: 'main' }],
    },
    rows: known.map(({ key, label, value }) => ({ x: key ?? '', label, values: [value], href: null })),
  };
  return { sheet, chart };
}
