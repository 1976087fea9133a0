import { noPick, parsePick, pickKeys, printPick, type Pick } from './explore.ts';
import {
  comparisons,
  isDay,
  presets,
  type ComparisonKind,
  type PeriodChoice,
  type Preset,
} from './period.ts';

export const filterKeys = ['team', 'manager', 'pipeline', 'channel', 'product', 'region', 'segment'] as const;
export type FilterKey = (typeof filterKeys)[number];
export type Filters = Partial<Record<FilterKey, string[]>>;

/** All that decides what a page shows; the query part of its address and nothing else. */
export type State = {
  period: PeriodChoice;
  compare: ComparisonKind;
  filters: Filters;
  /** the dimension a drill page is cut by; on the page of questions several, separated by commas */
  by: string | null;
  /** value of that dimension chosen on the drill page */
  part: string | null;
  /** what was chosen on the way down by dimensions that have no filter of their own: `[dimension, value]` */
  within: [string, string][];
  /** which table of the page is sorted by which column: `<table>.<column>`, with a minus for largest first */
  sort: string | null;
  /** tables of the page that show all their rows */
  whole: string[];
  page: number;
  /** what is searched for by name */
  q: string | null;
  /** what is asked on the page of questions */
  pick: Pick;
};

export type Dropped = { key: string; value: string; reason: 'unknown' | 'invalid' | 'many' };

export const defaults: State = {
  period: { preset: 'this_month' },
  compare: 'previous',
  filters: {},
  by: null,
  part: null,
  within: [],
  sort: null,
  whole: [],
  page: 1,
  q: null,
  pick: noPick,
};

const longest = 300;
/** Values of one filter: more of them no address could carry. */
export const mostValues = 50;
const mostSteps = 20;
const mostWhole = 20;
/** What mail programs and advertising add to any link says nothing about the report. */
const foreign = /^(utm_|fbclid|gclid|yclid|_)/;

export function parse(params: URLSearchParams): { state: State; dropped: Dropped[] } {
  const dropped: Dropped[] = [];
  const state: State = { ...defaults, filters: {}, within: [], whole: [] };
  const drop = (key: string, reason: Dropped['reason'] = 'invalid') => {
    dropped.push({ key, value: (params.get(key) ?? '').slice(0, longest), reason });
  };

  state.period = parsePeriod(params, drop);
  const compare = params.get('compare');
  if (compare !== null) {
    const known = comparisons.find((kind) => kind === compare);
    if (known) state.compare = known;
    else drop('compare');
  }
  for (const key of filterKeys) {
    const values = [...new Set(params.getAll(key))].filter((value) => value !== '');
    if (values.length === 0) continue;
    if (values.length > mostValues) drop(key, 'many');
    else if (values.some((value) => value.length > longest)) drop(key);
    else state.filters[key] = values;
  }
  const by = params.get('by');
  if (by !== null) {
    if (/^[a-z0-9_]{1,60}(,[a-z0-9_]{1,60}){0,5}$/.test(by)) state.by = by;
    else drop('by');
  }
  const part = params.get('part');
  if (part !== null) {
    if (part.length <= longest) state.part = part;
    else drop('part');
  }
  for (const step of params.getAll('in')) {
    const [, dimension, value] = /^([a-z0-9_]{1,60}):(.*)$/s.exec(step) ?? [];
    if (dimension === undefined || value === undefined || value.length > longest) drop('in');
    else if (state.within.length < mostSteps) state.within.push([dimension, value]);
  }
  const sort = params.get('sort');
  if (sort !== null) {
    if (/^-?[a-z_]{1,60}\.[a-z0-9_]{1,60}$/.test(sort)) state.sort = sort;
    else drop('sort');
  }
  for (const table of new Set(params.getAll('all'))) {
    if (/^[a-z0-9_-]{1,60}$/.test(table) && state.whole.length < mostWhole) state.whole.push(table);
    else drop('all');
  }
  const page = params.get('page');
  if (page !== null) {
    if (/^[1-9]\d{0,5}$/.test(page)) state.page = Number(page);
    else drop('page');
  }
  const q = params.get('q')?.trim() ?? '';
  if (q.length > longest) drop('q');
  else if (q) state.q = q;
  state.pick = parsePick(params, drop);
  const others = [
    'period',
    'from',
    'to',
    'compare',
    'by',
    'part',
    'in',
    'sort',
    'all',
    'page',
    'q',
    ...pickKeys,
  ];
  const ours = new Set<string>([...filterKeys, ...others]);
  for (const key of new Set(params.keys())) {
    if (!ours.has(key) && !foreign.test(key)) drop(key, 'unknown');
  }
  return { state, dropped };
}

function parsePeriod(params: URLSearchParams, drop: (key: string) => void): PeriodChoice {
  const from = params.get('from');
  const to = params.get('to');
  if (from !== null || to !== null) {
    if (from !== null && to !== null && isDay(from) && isDay(to) && from <= to) return { from, to };
    drop(from !== null && !isDay(from) ? 'from' : 'to');
  }
  const preset = params.get('period');
  if (preset === null) return defaults.period;
  const known: Preset | undefined = presets.find((name) => name === preset);
  if (known) return { preset: known };
  drop('period');
  return defaults.period;
}

/** The shortest query that parses to this state, always in the same order, so equal states are equal links. */
export function print(state: State): string {
  const params = new URLSearchParams();
  if ('from' in state.period) {
    params.set('from', state.period.from);
    params.set('to', state.period.to);
  } else if ('preset' in defaults.period && state.period.preset !== defaults.period.preset) {
    params.set('period', state.period.preset);
  }
  if (state.compare !== defaults.compare) params.set('compare', state.compare);
  for (const key of filterKeys) {
    for (const value of [...(state.filters[key] ?? [])].sort()) params.append(key, value);
  }
  if (state.by) params.set('by', state.by);
  if (state.part !== null) params.set('part', state.part);
  for (const [dimension, value] of state.within) params.append('in', `${dimension}:${value}`);
  if (state.sort) params.set('sort', state.sort);
  for (const table of [...state.whole].sort()) params.append('all', table);
  if (state.page > 1) params.set('page', String(state.page));
  if (state.q) params.set('q', state.q);
  for (const [key, value] of printPick(state.pick)) params.set(key, value);
  return params.toString();
}

/** A path that carries the state along. */
export function link(path: string, state: State): string {
  const query = print(state);
  return query ? `${path}?${query}` : path;
}
