import type { DimensionLink, DrillPage, Frame, Head, PartBlock, RecordBlock } from '../drill.ts';
import { find, viewOf, type Condition, type Metric } from '../metrics.ts';
import { filterKeyOf } from '../metrics.ts';
import { canExplain } from '../change-ways.ts';
import type { BlockState } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { filtersFor, isOneOf, totalQuery } from '../query.ts';
import { link, print, type Dropped, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { whyHref } from '../why.ts';
import { dimensionTitle, metricAbout, metricTitle, tellLack } from '../words.ts';
import * as catalogue from './catalogue.ts';
import * as cube from './cube.ts';
import { changeOf, isMaturing, numberIn } from './figures.ts';
import { inModel } from './models.ts';
import { atLevel } from './plans.ts';
import { labelOf, parts as loadParts } from './parts.ts';
import * as records from './records.ts';
import { safely } from './safely.ts';
import { settle, type Scope } from './scope.ts';

/** One level down from a figure; null when no metric has this name. */
export async function load(
  viewer: Viewer,
  name: string,
  asked: State,
  dropped: Dropped[] = [],
): Promise<DrillPage | null> {
  const settled = await settleOn(viewer, name, asked, dropped);
  if (!settled) return null;
  const { scope, metric, by, narrowed, needs } = settled;
  const { state, style } = scope;
  const [head, parts, behind] = await Promise.all([
    loadHead(scope, metric, narrowed, needs),
    loadPartBlock(scope, metric, by, needs),
    loadRecords(scope, metric, narrowed, needs),
  ]);
  return {
    ...frameOf(scope, metric, head),
    has_period: metric.time !== null,
    why: canExplain(metric) ? whyHref(metric.name, state) : null,
    state: print(state),
    dimensions: dimensionLinks(metric, state, by, style.locale),
    part: withClear(partOf(scope, by), link(`/drill/${metric.name}`, { ...state, part: null, page: 1 })),
    parts,
    records: behind,
  };
}

/** What every page about one figure says of it. */
export function frameOf(scope: Scope, metric: Metric, head: Head): Frame {
  const { state, style } = scope;
  return {
    metric: metric.name,
    title: metricTitle(metric.name, style.locale),
    about: metricAbout(metric.name, style.locale),
    unit: metric.unit,
    // a cohort that still grows is neither better nor worse than an older one
    direction: head.is_maturing ? 'neutral' : metric.direction,
    ...style,
    timezone: scope.timezone,
    as_of: scope.freshness.asOf(metric.entities),
    period: scope.period,
    comparison: metric.time ? scope.comparison : null,
    filters: scope.filters,
    ignored_filters: filtersFor(metric, state).ignored.map((key) => dimensionTitle(key, style.locale)),
    notices: scope.notices,
    steps: stepsOf(metric, state, scope),
    head,
  };
}

/** What such a page is about, before any figure is asked; `needs` says what would have to be connected. */
export async function settleOn(viewer: Viewer, name: string, asked: State, dropped: Dropped[] = []) {
  await catalogue.read();
  const found = find(name);
  if (!found) return null;
  const settled = await settle(viewer, asked, dropped);
  const metric = inModel(atLevel(found, settled), settled);
  const { scope, by } = withDimension(settled, metric);
  const { state, style } = scope;
  const needs = tellLack(scope.freshness.lacking(metric), style.locale).lack || null;
  return { scope, metric, by, narrowed: partFilter(metric, state, by), needs };
}

function withDimension(settled: Scope, metric: Metric): { scope: Scope; by: string } {
  const first = metric.dimensions[0] ?? '';
  const { state, style } = settled;
  if (state.by === null || metric.dimensions.includes(state.by)) {
    return { scope: { ...settled, state: { ...state, by: state.by ?? first } }, by: state.by ?? first };
  }
  const title = metricTitle(metric.name, style.locale);
  const text = m.notice_no_such_dimension({ metric: title, value: state.by }, style);
  const notices = [...settled.notices, { code: 'no_such_dimension', text }];
  return { scope: { ...settled, state: { ...state, by: first, part: null }, notices }, by: first };
}

/** The way down so far, each step of which can be taken back. */
export function stepsOf(metric: Metric, state: State, scope: Scope): DrillPage['steps'] {
  return state.within.flatMap(([dimension, value], at) => {
    if (!metric.dimensions.includes(dimension)) return [];
    const within = state.within.filter((_, index) => index !== at);
    return {
      title: dimensionTitle(dimension, scope.style.locale),
      label: labelOf(value || null, dimension, scope),
      clear: link(`/drill/${metric.name}`, { ...state, within, page: 1 }),
    };
  });
}

/** The chosen part in words, e.g. "Team: North". */
export function partOf(scope: Scope, by: string): { title: string; label: string } | null {
  const { part } = scope.state;
  return part === null
    ? null
    : { title: dimensionTitle(by, scope.style.locale), label: labelOf(part || null, by, scope) };
}

function withClear(part: ReturnType<typeof partOf>, clear: string): DrillPage['part'] {
  return part && { ...part, clear };
}

function partFilter(metric: Metric, { part }: State, by: string): Condition[] {
  return part === null ? [] : [isOneOf(`${viewOf(metric)}.${by}`, [part])];
}

type Failing = { state: BlockState; error?: string };

async function guarded<Block extends Failing>(
  scope: Scope,
  what: string,
  needs: string | null,
  empty: Block,
  work: () => Promise<Block>,
): Promise<Block> {
  if (needs !== null) return { ...empty, state: 'not_connected', error: needs };
  const outcome = await safely(what, scope.style.locale, work);
  return 'value' in outcome ? outcome.value : { ...empty, state: 'failed', error: outcome.error };
}

export function loadHead(
  scope: Scope,
  metric: Metric,
  more: Condition[],
  needs: string | null,
): Promise<Head> {
  const empty: Head = {
    state: 'ok',
    value: null,
    comparison_value: null,
    change: null,
    change_kind: 'relative',
    is_maturing: false,
  };
  return guarded(scope, 'drill head', needs, empty, async () => {
    const ask = async (range: Scope['range']) => {
      const query = totalQuery(metric, { ...scope, range });
      const filters = [...(query.filters ?? []), ...more];
      const { rows } = await cube.load(scope.viewer, { ...query, measures, filters });
      return rows[0] ?? {};
    };
    const measures = [metric.name, ...(metric.matures ? ['sales.deals', 'sales.deals_open'] : [])];
    const { comparison } = scope;
    const [now, then] = await Promise.all([
      ask(scope.range),
      comparison && metric.time ? ask({ from: comparison.from, to: comparison.to }) : null,
    ]);
    const value = numberIn(now, metric.name);
    const before = then ? numberIn(then, metric.name) : null;
    const change = changeOf(metric, value, before);
    return { ...empty, ...change, value, comparison_value: before, is_maturing: isMaturing(now) };
  });
}

const charted = 12;
const listed = 200;

function loadPartBlock(scope: Scope, metric: Metric, by: string, needs: string | null): Promise<PartBlock> {
  const { locale } = scope.style;
  const title = dimensionTitle(by, locale);
  const empty: PartBlock = {
    state: 'ok',
    is_additive: metric.is_additive,
    change_kind: changeOf(metric, null, null).change_kind,
    rows: [],
    hidden: 0,
    chart: { title, rows: [], spec: { kind: 'bar', dimension: by, dimension_title: title, series: [] } },
  };
  return guarded(scope, 'drill parts', needs, empty, async () => {
    const [all, top] = await Promise.all([
      loadParts(scope, metric, by, listed),
      loadParts(scope, metric, by, charted),
    ]);
    const series = [
      { key: 'value', title: metricTitle(metric.name, locale), unit: metric.unit, role: 'main' },
    ];
    return {
      ...empty,
      hidden: all.hidden,
      rows: all.shown.map((part) => ({
        label: part.label,
        value: part.value,
        before: part.before,
        change: changeOf(metric, part.value, part.before).change,
        share: metric.is_additive && all.sum > 0 ? (part.value ?? 0) / all.sum : null,
        href: part.href,
        is_chosen: part.href !== null && scope.state.part === (part.key ?? ''),
      })),
      chart: {
        title,
        spec: { kind: 'bar', dimension: by, dimension_title: title, series: series as never },
        // "other" would dwarf the parts it is set beside
        rows: top.shown
          .filter((part) => part.href !== null)
          .map((part) => ({
            x: part.key ?? '',
            label: part.label,
            values: [part.value],
            href: part.href,
          })),
      },
    };
  });
}

function loadRecords(
  scope: Scope,
  metric: Metric,
  more: Condition[],
  needs: string | null,
): Promise<RecordBlock> {
  const empty: RecordBlock = { state: 'ok', columns: [], rows: [], totals: [], count: 0, page: 1, pages: 1 };
  return guarded(scope, 'drill records', needs, empty, () => records.load(scope, metric, more));
}

/** Another cut of the same figure. A chosen part goes along: as a filter where there is one for it, else as a step. */
function dimensionLinks(metric: Metric, state: State, by: string, locale: Viewer['locale']): DimensionLink[] {
  const kept = keepPart(metric, state, by);
  return metric.dimensions.filter(isCut).map((dimension) => ({
    key: dimension,
    title: dimensionTitle(dimension, locale),
    href: link(`/drill/${metric.name}`, { ...kept, by: dimension, page: 1 }),
    is_chosen: dimension === by,
  }));
}

/** Models share the same deals: they are chosen one at a time, never set beside each other as parts. */
export const isCut = (dimension: string) => dimension !== 'model';

function keepPart(metric: Metric, state: State, by: string): State {
  const { part } = state;
  if (part === null) return state;
  const key = filterKeyOf(viewOf(metric), by);
  if (part !== '' && key) return { ...state, filters: { ...state.filters, [key]: [part] }, part: null };
  const within = state.within.filter(([dimension]) => dimension !== by);
  return { ...state, within: [...within, [by, part]], part: null };
}
