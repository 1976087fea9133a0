import { canExplain } from '../../change-ways.ts';
import { formatChange, formatCount, formatValue } from '../../format.ts';
import { get, type Metric } from '../../metrics.ts';
import type { Grain, Kpi } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { daysIn, grainFor, type Range } from '../../period.ts';
import { filtersFor } from '../../query.ts';
import { link } from '../../state.ts';
import { whyHref } from '../../why.ts';
import { dimensionTitle, metricTitle, tellLack } from '../../words.ts';
import { changeOf, isMaturing, numberIn, total, trend } from '../figures.ts';
import type { Row } from '../result.ts';
import { romiSentence } from './romi.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';

/** `sentence` gets the row of `metric` and `context` measures; null means the change speaks for itself. */
export type KpiSpec = {
  id: string;
  metric: string;
  context: string[];
  sentence: (scope: Scope, row: Row) => Promise<string | null> | string | null;
};

const count = (scope: Scope, row: Row, member: string) =>
  formatCount(numberIn(row, member) ?? 0, scope.style.locale);

export const specs: KpiSpec[] = [
  {
    id: 'won_amount',
    metric: 'sales.won_amount',
    context: ['sales.deals_won', 'sales.average_deal'],
    sentence: (scope, row) => {
      const won = numberIn(row, 'sales.deals_won');
      if (!won) return null;
      const deals = m.deals_count({ count: won, shown: formatCount(won, scope.style.locale) }, scope.style);
      const average = formatValue(numberIn(row, 'sales.average_deal'), 'money', scope.style);
      return m.sentence_won({ deals, average }, scope.style);
    },
  },
  {
    id: 'conversion',
    metric: 'sales.conversion',
    context: ['sales.deals', 'sales.deals_won', 'sales.deals_open'],
    sentence: (scope, row) => {
      if (!numberIn(row, 'sales.deals')) return null;
      const say = isMaturing(row) ? m.sentence_conversion_early : m.sentence_conversion;
      return say(
        {
          won: count(scope, row, 'sales.deals_won'),
          all: count(scope, row, 'sales.deals'),
          open: count(scope, row, 'sales.deals_open'),
        },
        scope.style,
      );
    },
  },
  {
    id: 'romi',
    metric: 'marketing.romi',
    context: ['marketing.spend', 'marketing.gross_profit'],
    sentence: romiSentence,
  },
  {
    id: 'nps',
    metric: 'nps.nps',
    context: ['nps.responses', 'nps.promoters', 'nps.detractors'],
    sentence: (scope, row) =>
      numberIn(row, 'nps.responses')
        ? m.sentence_nps(
            {
              promoters: count(scope, row, 'nps.promoters'),
              detractors: count(scope, row, 'nps.detractors'),
              responses: count(scope, row, 'nps.responses'),
            },
            scope.style,
          )
        : null,
  },
];

/** What every tile has before a single figure is known. */
export function blank(scope: Scope, id: string, metric: Metric, title?: string): Kpi {
  const { locale } = scope.style;
  const { needs, lack } = tellLack(scope.freshness.lacking(metric), locale);
  return {
    id,
    metric: metric.name,
    title: title ?? metricTitle(metric.name, locale),
    value: null,
    unit: metric.unit,
    direction: metric.direction,
    comparison_value: null,
    change: null,
    change_kind: 'relative',
    plan: null,
    outlook: null,
    spark: [],
    spark_grain: 'day',
    spark_title: null,
    state: needs.length ? 'not_connected' : 'ok',
    needs,
    href: link(`/drill/${metric.name}`, scope.state),
    why: scope.comparison && canExplain(metric) ? whyHref(metric.name, scope.state) : null,
    sentence: lack,
    ignored_filters: filtersFor(metric, scope.state).ignored.map((key) => dimensionTitle(key, locale)),
    as_of: scope.freshness.asOf(metric.entities),
  };
}

export async function load(scope: Scope, spec: KpiSpec): Promise<Kpi> {
  const metric = get(spec.metric);
  const kpi = blank(scope, spec.id, metric);
  if (kpi.state !== 'ok') return kpi;
  const outcome = await safely(spec.id, scope.style.locale, () => fill(scope, kpi, metric, spec));
  return 'value' in outcome ? outcome.value : { ...kpi, state: 'failed', error: outcome.error };
}

async function fill(scope: Scope, kpi: Kpi, metric: Metric, spec: KpiSpec): Promise<Kpi> {
  const { range, comparison } = scope;
  const [now, before, course] = await Promise.all([
    total(scope, metric, range, spec.context),
    comparison && metric.time ? total(scope, metric, comparisonRange(comparison)) : null,
    trend(scope, metric, range, grainOf(metric, range)),
  ]);
  const value = numberIn(now, metric.name);
  const comparison_value = before ? numberIn(before, metric.name) : null;
  const change = changeOf(metric, value, comparison_value);
  return {
    ...kpi,
    ...change,
    direction: isMaturing(now) ? 'neutral' : kpi.direction,
    value,
    comparison_value,
    spark: course.points,
    spark_grain: course.grain,
    sentence: (await spec.sentence(scope, now)) ?? changeSentence(scope, value, change),
  };
}

/** A share of one day is mostly chance; a week is the least that says something. */
function grainOf(metric: Metric, range: Range | null): Grain | undefined {
  if (metric.is_additive || !range) return undefined;
  const grain = grainFor(range);
  return grain === 'day' && daysIn(range) > 14 ? 'week' : grain;
}

export function comparisonRange({ from, to }: { from: string; to: string }) {
  return { from, to };
}

export function changeSentence(
  { comparison, style }: Scope,
  value: number | null,
  { change, change_kind }: ReturnType<typeof changeOf>,
): string {
  if (value === null) return m.sentence_empty({}, style);
  if (!comparison) return '';
  const period = comparison.label;
  if (change === null) return m.sentence_no_comparison({ period }, style);
  if (Math.abs(change) < 0.0005) return m.sentence_same({ period }, style);
  const shown = formatChange(Math.abs(change), change_kind, 'money', style.locale).replace('+', '');
  return change > 0
    ? m.sentence_up({ change: shown, period }, style)
    : m.sentence_down({ change: shown, period }, style);
}
