import { factors, shares, unevenness, type Pair, type Part, type Sides } from '../change.ts';
import { canExplain, countOf, quotientOf, type Quotient } from '../change-ways.ts';
import type { WhyCut, WhyPage, WhyRow } from '../drill.ts';
import { definitionOf, viewOf, type Metric } from '../metrics.ts';
import { m } from '../paraglide/messages.js';
import type { Range } from '../period.ts';
import type { Unit } from '../page.ts';
import { partsQuery, totalQuery } from '../query.ts';
import { link, print, type Dropped, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { dimensionTitle, metricTitle } from '../words.ts';
import * as cube from './cube.ts';
import { frameOf, isCut, loadHead, settleOn } from './drill.ts';
import { numberIn } from './figures.ts';
import { labelOf } from './parts.ts';
import type { Row } from './result.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';
import { tell } from './why/words.ts';

/** Cuts beyond these tell the same again; of parts, those that are not shown are summed. */
const mostCuts = 10;
const mostRows = 8;
const mostParts = 5000;

type Asked = { scope: Scope; metric: Metric; ranges: { before: Range; now: Range } };

/** What has changed a figure between the period and the one it is compared with; null when no metric has this name. */
export async function load(
  viewer: Viewer,
  name: string,
  asked: State,
  dropped: Dropped[] = [],
): Promise<WhyPage | null> {
  const settled = await settleOn(viewer, name, { ...asked, by: null, part: null }, dropped);
  if (!settled) return null;
  const { scope, metric, needs } = settled;
  const [head, why] = await Promise.all([loadHead(scope, metric, [], needs), explain(scope, metric)]);
  return {
    ...frameOf(scope, metric, head),
    state: print({ ...scope.state, by: null }),
    drill: link(`/drill/${metric.name}`, { ...scope.state, by: null }),
    why,
  };
}

async function explain(scope: Scope, metric: Metric): Promise<WhyPage['why']> {
  const { style, comparison, range } = scope;
  const only = (sentence: string) => ({ state: 'ok' as const, sentences: [sentence], factors: [], cuts: [] });
  if (!canExplain(metric)) return only(m.why_cannot({}, style));
  if (!comparison || !range) return only(m.why_no_comparison({}, style));
  const asked = {
    scope,
    metric,
    ranges: { before: { from: comparison.from, to: comparison.to }, now: range },
  };
  const outcome = await safely('why', style.locale, async () => {
    const [made, cuts] = await Promise.all([factorsOf(asked), cutsOf(asked)]);
    return {
      state: 'ok' as const,
      sentences: tell(metric, made, cuts, style),
      factors: made,
      cuts: cuts.map(({ cut }) => cut),
    };
  });
  return 'value' in outcome ? outcome.value : { ...only(''), state: 'failed', error: outcome.error };
}

export type Told = { cut: WhyCut; all: WhyRow[]; unevenness: number };

/** All cuts that hold the whole figure, the most telling first. */
async function cutsOf(asked: Asked): Promise<Told[]> {
  const { metric } = asked;
  const dimensions = metric.dimensions.filter(isCut).slice(0, mostCuts);
  const cuts = await Promise.all(dimensions.map((dimension) => cutOf(asked, dimension)));
  return cuts.filter((one) => one !== null).sort((a, b) => b.unevenness - a.unevenness);
}

async function cutOf(asked: Asked, dimension: string): Promise<Told | null> {
  const { scope, metric } = asked;
  const parts = await partsOf(asked, dimension);
  const found = parts && shares(parts);
  if (!found || parts.length < 2) return null;
  const times = quotientOf(metric.name)?.times ?? 1;
  const rows = found.shares.map(({ key, change }, at): WhyRow => {
    const part = parts[at];
    const side = (of: keyof Sides) => valueOf(part, of, times);
    return {
      label: labelOf(key, dimension, scope),
      unit: metric.unit,
      before: side('before'),
      now: side('now'),
      change: change * times,
      href: link(`/drill/${metric.name}`, { ...scope.state, by: dimension, part: key ?? '', page: 1 }),
    };
  });
  rows.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.label.localeCompare(b.label));
  const rest = rows.slice(mostRows);
  const hidden = { count: rest.length, change: rest.reduce((sum, { change }) => sum + change, 0) };
  const title = dimensionTitle(dimension, scope.style.locale);
  const cut = { key: dimension, title, rows: rows.slice(0, mostRows), hidden };
  return { cut, all: rows, unevenness: unevenness(parts) };
}

function valueOf(part: Part<string | null> | undefined, side: keyof Sides, times: number): number | null {
  if (!part) return null;
  if (!part.under) return part.over[side];
  return part.under[side] ? (times * part.over[side]) / part.under[side] : null;
}

/** The sums of each part in both periods; null where there are too many to be all of them. */
async function partsOf(asked: Asked, dimension: string): Promise<Part<string | null>[] | null> {
  const { scope, metric, ranges } = asked;
  const quotient = quotientOf(metric.name);
  const measures = measuresOf(metric, quotient);
  const member = `${viewOf(metric)}.${dimension}`;
  const read = async (range: Range) => {
    const query = partsQuery(metric, { ...scope, range }, dimension, mostParts, measures);
    const { rows } = await cube.load(scope.viewer, query);
    return rows;
  };
  const [before, now] = await Promise.all([read(ranges.before), read(ranges.now)]);
  if (Math.max(before.length, now.length) >= mostParts) return null;
  const parts = new Map<string | null, Part<string | null>>();
  for (const [side, rows] of [
    ['before', before],
    ['now', now],
  ] as const) {
    for (const row of rows) {
      const raw = row[member];
      const key = raw === null || raw === undefined || raw === '' ? null : String(raw);
      const part = parts.get(key) ?? {
        key,
        over: { before: 0, now: 0 },
        under: quotient && { before: 0, now: 0 },
      };
      const { over, under } = sumsIn(row, metric, quotient);
      part.over[side] += over;
      if (part.under) part.under[side] += under;
      parts.set(key, part);
    }
  }
  return [...parts.values()];
}

function measuresOf(metric: Metric, quotient: Quotient | null): string[] {
  if (!quotient) return [metric.name];
  const names = [...quotient.over.map(([name]) => name), ...quotient.under];
  return [...new Set(names)].map((name) => `${viewOf(metric)}.${name}`);
}

function sumsIn(row: Row, metric: Metric, quotient: Quotient | null): { over: number; under: number } {
  const read = (name: string) => numberIn(row, `${viewOf(metric)}.${name}`) ?? 0;
  if (!quotient) return { over: numberIn(row, metric.name) ?? 0, under: 0 };
  return {
    over: quotient.over.reduce((sum, [name, sign]) => sum + sign * read(name), 0),
    under: quotient.under.reduce((sum, name) => sum + read(name), 0),
  };
}

/** The two factors of the figure, where it has two that have a name of their own. */
async function factorsOf({ scope, metric, ranges }: Asked): Promise<WhyRow[]> {
  const view = viewOf(metric);
  const quotient = quotientOf(metric.name);
  const counted = countOf(metric.name);
  const isPair = quotient && quotient.over.length === 1 && quotient.under.length === 1;
  const [first, second] = isPair
    ? [quotient.over[0]?.[0] ?? '', quotient.under[0] ?? '']
    : [counted?.count ?? '', metric.name.slice(view.length + 1)];
  if (!isPair && !counted) return [];
  const read = async (range: Range) => {
    const query = totalQuery(metric, { ...scope, range });
    const { rows } = await cube.load(scope.viewer, { ...query, measures: [first, second].map(named) });
    return rows[0] ?? {};
  };
  const named = (measure: string) => `${view}.${measure}`;
  const [was, is] = await Promise.all([read(ranges.before), read(ranges.now)]);
  const sides = (measure: string): Sides => ({
    before: numberIn(was, named(measure)) ?? 0,
    now: numberIn(is, named(measure)) ?? 0,
  });
  const times = quotient?.times ?? 1;
  const [one, other] = [sides(first), isPair ? sides(second) : eachOf(sides(second), sides(first))];
  const pair: Pair | null = other && { way: isPair ? 'by' : 'times', first: one, second: other };
  const made = pair && factors(pair);
  if (!other || !made) return [];
  const row = (measure: string | null, label: string, { before, now }: Sides, change: number): WhyRow => ({
    label,
    unit: ((measure && definitionOf(named(measure))?.unit) ?? metric.unit) as Unit,
    ...{ before, now, change: change * times },
    href: measure ? link(`/drill/${named(measure)}`, { ...scope.state, by: null, page: 1 }) : null,
  });
  const title = (measure: string) => metricTitle(named(measure), scope.style.locale);
  const each = isPair ? second : (counted?.each ?? null);
  return [
    row(first, title(first), one, made.first),
    row(each, each ? title(each) : m.why_each({ count: title(first) }, scope.style), other, made.second),
  ];
}

/** What one of them is worth on average; unknown where there was none of them. */
function eachOf(sum: Sides, count: Sides): Sides | null {
  return count.before && count.now ? { before: sum.before / count.before, now: sum.now / count.now } : null;
}
