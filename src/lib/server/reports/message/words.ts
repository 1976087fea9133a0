import { formatBucket, formatMoment, formatRange } from '../../../dates.ts';
import { formatChange, formatExact, formatPercent, formatValue, type Style } from '../../../format.ts';
import type { ChartBlock, ChartRow, HomePage, Kpi } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';

/** What both parts of a mail say about a page, so that HTML and plain text cannot differ. */
export type KpiWords = {
  value: string;
  /** `+12 %`, null when there is nothing to compare */
  change: string | null;
  mood: 'good' | 'bad' | 'muted';
  arrow: string;
  before: string | null;
  plan: string | null;
};

export function describeKpi(kpi: Kpi, style: Style): KpiWords {
  const { unit, change, change_kind, comparison_value, direction } = kpi;
  const value = formatValue(kpi.value, unit, style);
  const isFlat = change === null || change === 0 || direction === 'neutral';
  const isGood = change !== null && change > 0 === (direction === 'up_is_good');
  return {
    value,
    change: change === null ? null : formatChange(change, change_kind, unit, style.locale),
    mood: isFlat ? 'muted' : isGood ? 'good' : 'bad',
    arrow: change === null || change === 0 ? '' : change > 0 ? '▲' : '▼',
    before:
      comparison_value === null
        ? null
        : m.versus_short({ value: formatValue(comparison_value, unit, style) }, style),
    plan: describePlan(kpi, style),
  };
}

function describePlan({ plan, outlook }: Kpi, style: Style): string | null {
  if (!plan || plan.plan === null) return null;
  const money = (value: number | null) => formatValue(value, 'money', style);
  const forecast = outlook?.value ?? plan.forecast;
  // A name and its figure stay on one line.
  const pair = (name: string, figure: string) => `${name} ${figure}`.replaceAll(' ', '\u00a0');
  return [
    pair(m.plan_fact({}, style), money(plan.fact)),
    pair(m.plan_plan({}, style), money(plan.plan)),
    ...(plan.pace === null ? [] : [pair(m.plan_pace({}, style), formatPercent(plan.pace, style.locale))]),
    ...(forecast === null ? [] : [pair(m.plan_forecast({}, style), money(forecast))]),
  ].join(' · ');
}

/** `This month: 1–21 Nov 2026`, or only the days when the period has no other name. */
export function describePeriod({ period, locale }: Pick<HomePage, 'period' | 'locale'>): {
  name: string;
  days: string | null;
} {
  if (!period.from || !period.to) return { name: period.label, days: null };
  const days = formatRange({ from: period.from, to: period.to }, locale);
  return { name: period.label, days: days === period.label ? null : days };
}

export function describeFilters({ filters }: Pick<HomePage, 'filters'>): string | null {
  if (filters.length === 0) return null;
  return filters.map(({ title, labels }) => `${title}: ${labels.join(', ')}`).join('; ');
}

type Dated = Pick<HomePage, 'as_of' | 'locale' | 'timezone' | 'generated_at'>;

export function describeAsOf({ as_of, locale, timezone, generated_at }: Dated): string {
  if (!as_of.at) return m.as_of_none({}, { locale });
  const moment = formatMoment(as_of.at, locale, timezone, new Date(generated_at));
  return m.as_of({ moment }, { locale });
}

export function describeLate({ as_of, locale, timezone, generated_at }: Dated): string | null {
  const now = new Date(generated_at);
  const late = as_of.sources
    .filter(({ is_stale }) => is_stale)
    .map(({ source, at }) => `${source} (${formatMoment(at, locale, timezone, now)})`);
  return late.length > 0 ? m.mail_late({ sources: late.join(', ') }, { locale }) : null;
}

/** Titles of the blocks that could not be counted. */
export function failedTitles({ incidents, kpis, profit, risks, charts }: HomePage): string[] {
  return [incidents, ...kpis, profit, ...(risks ? [risks] : []), ...charts]
    .filter(({ state }) => state === 'failed')
    .map(({ title }) => title);
}

const mostPoints = 14;

/** The figures of a chart for those who do not see it: all of a short one, the turning points of a long one. */
export function describeRows({ spec, rows }: ChartBlock, style: Style): string[] {
  const unit = spec.series[0]?.unit ?? 'count';
  const print = (row: ChartRow) => formatValue(row.values[0] ?? null, unit, style);
  const known = rows.filter(({ values }) => typeof values[0] === 'number');
  if (known.length === 0) return [];
  if (!('grain' in spec) || rows.length <= mostPoints)
    return rows.map((row) => `${row.label}: ${print(row)}`);
  return turningPoints(
    known.map((row) => ({ label: row.label, value: row.values[0] ?? 0 })),
    (value) => formatValue(value, unit, style),
    style,
  );
}

/** The small course beside a figure, for those who do not see it. */
export function describeSpark({ spark, spark_grain, spark_title, unit, plan }: Kpi, style: Style): string {
  const points = spark.flatMap(({ at, value }) =>
    value === null ? [] : [{ label: formatBucket(at, spark_grain, style.locale), value }],
  );
  // beside a share of the plan stands what it is a share of
  const said = turningPoints(points, (value) => formatValue(value, plan ? 'money' : unit, style), style);
  return `${spark_title ?? ''}${spark_title && said.length ? ': ' : ''}${said.join('; ')}`;
}

type Point = { label: string; value: number };

function turningPoints(points: Point[], print: (value: number) => string, style: Style): string[] {
  const last = points.at(-1);
  if (!last) return [];
  const by = (isBetter: (a: number, b: number) => boolean) =>
    points.reduce((best, point) => (isBetter(point.value, best.value) ? point : best));
  const words = ({ label, value }: Point) => ({ label, value: print(value) });
  return [
    m.mail_highest(words(by((a, b) => a > b)), style),
    m.mail_lowest(words(by((a, b) => a < b)), style),
    m.mail_latest(words(last), style),
  ];
}

/** Rows of the small table below a chart of parts, in full figures. */
export function tabulate({ spec, rows }: ChartBlock, style: Style): { head: string[]; body: string[][] } {
  const name = 'grain' in spec ? '' : spec.dimension_title;
  return {
    head: [name, ...spec.series.map(({ title }) => title)],
    body: rows.map((row) => [
      row.label,
      ...spec.series.map(({ unit }, at) => formatExact(row.values[at] ?? null, unit, style)),
    ]),
  };
}
