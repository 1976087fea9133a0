import { formatBucket } from '../../dates.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { get, viewOf, type Metric } from '../../metrics.ts';
import type { ChartBlock, ChartRow, Series } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { filtersFor } from '../../query.ts';
import { link } from '../../state.ts';
import { dimensionTitle, metricTitle, tellLack } from '../../words.ts';
import { trend } from '../figures.ts';
import { parts, type Part } from '../parts.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { comparisonRange } from './kpi.ts';

function blank(scope: Scope, id: string, metric: Metric, title: string, href: string): ChartBlock {
  const { locale } = scope.style;
  const { needs, lack } = tellLack(scope.freshness.lacking(metric), locale);
  return {
    id,
    metric: metric.name,
    title,
    sentence: lack,
    spec: { kind: 'line', grain: 'day', series: [] },
    rows: [],
    state: needs.length ? 'not_connected' : 'ok',
    needs,
    href,
    ignored_filters: filtersFor(metric, scope.state).ignored.map((key) => dimensionTitle(key, locale)),
    as_of: scope.freshness.asOf(metric.entities),
  };
}

async function finish(scope: Scope, block: ChartBlock, work: () => Promise<Partial<ChartBlock>>) {
  if (block.state !== 'ok') return block;
  const outcome = await safely(block.id, scope.style.locale, work);
  if ('error' in outcome) return { ...block, state: 'failed' as const, error: outcome.error };
  return { ...block, ...outcome.value };
}

function seriesOf(scope: Scope, metric: Metric): Series[] {
  const { comparison, style } = scope;
  const main: Series = {
    key: 'value',
    title: comparison ? m.series_current({}, style) : metricTitle(metric.name, style.locale),
    unit: metric.unit,
    role: 'main',
  };
  if (!comparison || !metric.time) return [main];
  return [main, { key: 'before', title: comparison.label, unit: metric.unit, role: 'comparison' }];
}

/** The course of a metric with that of the comparison behind it, bucket for bucket from each one's start. */
export function loadTrend(scope: Scope, id: string, name: string): Promise<ChartBlock> {
  const metric = get(name);
  const { style, comparison } = scope;
  const block = blank(scope, id, metric, '', link(`/drill/${name}`, scope.state));
  const title = { day: m.chart_won_trend_day, week: m.chart_won_trend_week, month: m.chart_won_trend_month };
  block.title = title.day({}, style);
  return finish(scope, block, async () => {
    const now = await trend(scope, metric, scope.range);
    const before = comparison ? await trend(scope, metric, comparisonRange(comparison), now.grain) : null;
    const rows = now.points.map(({ at, value }, index): ChartRow => ({
      x: at,
      label: formatBucket(at, now.grain, style.locale),
      values: before ? [value, before.points[index]?.value ?? null] : [value],
      href: null,
    }));
    return {
      title: title[now.grain]({}, style),
      spec: { kind: 'line', grain: now.grain, series: seriesOf(scope, metric) },
      rows,
      sentence: peak(scope, rows, metric),
    };
  });
}

function peak({ style }: Scope, rows: ChartRow[], metric: Metric): string {
  const best = rows.reduce<ChartRow | null>(
    (found, row) => ((row.values[0] ?? 0) > (found?.values[0] ?? 0) ? row : found),
    null,
  );
  if (!best) return m.sentence_empty({}, style);
  const value = formatValue(best.values[0] ?? null, metric.unit, style);
  return m.sentence_peak({ label: best.label, value }, style);
}

/** The first of the cuts that has more than one part is shown: one bar says nothing. */
export type PartsSpec = {
  id: string;
  metric: string;
  cuts: { dimension: string; title: string }[];
  shown: number;
};

/** The parts of a metric, each leading to its own page one level down. */
export function loadParts(scope: Scope, spec: PartsSpec): Promise<ChartBlock> {
  const metric = get(spec.metric);
  const hrefOf = (by: string) => link(`/drill/${metric.name}`, { ...scope.state, by });
  const first = spec.cuts[0] ?? { dimension: '', title: '' };
  const block = blank(scope, spec.id, metric, first.title, hrefOf(first.dimension));
  return finish(scope, block, async () => {
    let cut = first;
    let found = await parts(scope, metric, cut.dimension, spec.shown);
    for (const other of spec.cuts.slice(1)) {
      if (found.shown.length > 1) break;
      cut = other;
      found = await parts(scope, metric, cut.dimension, spec.shown);
    }
    // a bar of all that is not shown would dwarf the parts: it is told in words
    const rest = found.shown.filter(({ href }) => href === null);
    const named = found.shown.filter(({ href }) => href !== null);
    return {
      title: cut.title,
      href: hrefOf(cut.dimension),
      spec: {
        kind: 'bar',
        dimension: cut.dimension,
        dimension_title: dimensionTitle(cut.dimension, scope.style.locale),
        series: seriesOf(scope, metric),
      },
      rows: named.map((part) => ({
        x: part.key ?? '',
        label: part.label,
        values: scope.comparison && metric.time ? [part.value, part.before] : [part.value],
        href: part.href,
      })),
      sentence: [describe(scope, metric, named, found.sum), ...rest.map((part) => left(scope, metric, part))]
        .filter(Boolean)
        .join(' '),
    };
  });
}

function describe({ style, viewer: { access } }: Scope, metric: Metric, found: Part[], sum: number): string {
  const known = found.filter((part) => part.value !== null);
  const [first] = known;
  if (!first) {
    const isHidden = viewOf(metric) === 'marketing' && access !== 'company';
    return isHidden ? m.sentence_romi_hidden({}, style) : m.sentence_empty({}, style);
  }
  const value = (part: Part) => formatValue(part.value, metric.unit, style);
  if (metric.is_additive) {
    if (sum <= 0) return '';
    const share = formatPercent((first.value ?? 0) / sum, style.locale);
    return m.sentence_largest({ name: first.label, value: value(first), share }, style);
  }
  const last = known[known.length - 1];
  if (!last || last === first) return '';
  return m.sentence_best_worst(
    { best: first.label, best_value: value(first), worst: last.label, worst_value: value(last) },
    style,
  );
}

function left({ style }: Scope, { unit }: Metric, { label, value }: Part): string {
  return m.sentence_rest({ label, value: formatValue(value, unit, style) }, style);
}
