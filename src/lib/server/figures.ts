import type { Metric } from '../metrics.ts';
import type { Grain, SparkPoint } from '../page.ts';
import { bucketsOf, grainFor, type Range } from '../period.ts';
import { totalQuery, trendQuery } from '../query.ts';
import * as cube from './cube.ts';
import { toNumber, type Row } from './result.ts';
import type { Scope } from './scope.ts';

export function numberIn(row: Row | undefined, member: string): number | null {
  return toNumber(row?.[member]);
}

/** The metric and what its sentence needs, over a range, in one question. */
export async function total(
  scope: Scope,
  metric: Metric,
  range: Range | null,
  more: string[] = [],
): Promise<Row> {
  const query = totalQuery(metric, { ...scope, range });
  const { rows } = await cube.load(scope.viewer, { ...query, measures: [metric.name, ...more] });
  return rows[0] ?? {};
}

export type Trend = { grain: Grain; points: SparkPoint[] };

/** The course of a metric, one point for every bucket of the range whether Cube has a row for it or not. */
export async function trend(
  scope: Scope,
  metric: Metric,
  range: Range | null,
  asked?: Grain,
): Promise<Trend> {
  const grain = asked ?? (range ? grainFor(range) : 'month');
  if (!metric.time) return { grain, points: [] };
  const { rows } = await cube.load(scope.viewer, trendQuery(metric, { ...scope, range }, grain));
  const key = `${metric.time}.${grain}`;
  const found = new Map(
    rows.flatMap((row) => {
      const at = row[key];
      return typeof at === 'string' ? [[at.slice(0, 10), numberIn(row, metric.name)] as const] : [];
    }),
  );
  return { grain, points: fill(found, range, grain, metric, freshDay(scope, metric)) };
}

/** An additive metric has a true zero on a day without rows, up to the day its sources know about. */
export function fill(
  found: Map<string, number | null>,
  range: Range | null,
  grain: Grain,
  metric: Pick<Metric, 'is_additive'>,
  known: string | null,
): SparkPoint[] {
  const days = [...found.keys()].sort();
  const first = range?.from ?? days[0];
  const last = range?.to ?? days[days.length - 1];
  if (!first || !last) return [];
  return bucketsOf({ from: first, to: last }, grain).map((at) => {
    const value = found.get(at);
    if (value !== undefined && value !== null) return { at, value };
    // the day of the last load is not over: nothing yet is not zero
    const isPast = known !== null && (grain === 'day' ? at < known : at <= known);
    const isZero = metric.is_additive && isPast;
    return { at, value: isZero ? 0 : null };
  });
}

function freshDay({ freshness, timezone }: Scope, metric: Metric): string | null {
  const { at } = freshness.asOf(metric.entities);
  return at ? new Date(at).toLocaleDateString('sv-SE', { timeZone: timezone }) : null;
}

/** Relative for amounts and counts; for what is a share already, the difference says more. */
export function changeOf(metric: Pick<Metric, 'unit'>, value: number | null, before: number | null) {
  const isShare = metric.unit === 'percent' || metric.unit === 'score';
  const change_kind: 'relative' | 'difference' = isShare ? 'difference' : 'relative';
  if (value === null || before === null) return { change: null, change_kind };
  if (isShare) return { change: value - before, change_kind };
  return { change: before === 0 ? null : (value - before) / Math.abs(before), change_kind };
}

const earlyShare = 0.15;

/** A cohort with many deals still open will win more of them: set beside an older one it always looks bad. */
export function isMaturing(row: Row): boolean {
  const all = numberIn(row, 'sales.deals');
  const open = numberIn(row, 'sales.deals_open');
  return all !== null && open !== null && all > 0 && !isDecided(all, open);
}

/** So few of the deals are open that what they have brought will hardly grow. */
export function isDecided(all: number | null, open: number | null): boolean {
  return all !== null && all > 0 && (open ?? 0) / all <= earlyShare;
}
