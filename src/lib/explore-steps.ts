import { mostRows, noPick, type Pick } from './explore.ts';
import { filterKeyOf } from './metrics.ts';
import { link, type State } from './state.ts';

export const explorePath = '/explore';

const viewIn = (name: string) => name.split('.')[0] ?? '';

export const rowsOf = ({ by }: { by: string | null }) => (by ?? '').split(',').filter((one) => one !== '');

/** Each step is an address: the page works by links alone. */
export function to(state: State, pick: Partial<Pick> = {}, rest: Partial<State> = {}): string {
  return link(explorePath, { ...state, page: 1, part: null, ...rest, pick: { ...state.pick, ...pick } });
}

/** One more measure; of another view it begins a new question, since the two have no rows in common. */
export function add(state: State, name: string): string {
  const { show } = state.pick;
  if (show[0] && viewIn(show[0]) !== viewIn(name)) return start(state, name);
  return to(state, { show: [...show.filter((one) => one !== name), name] });
}

/** A question about one measure: of what was asked before, period, comparison and filters stay. */
export function start(state: State, name: string): string {
  return link(explorePath, {
    ...state,
    by: null,
    part: null,
    within: [],
    sort: null,
    page: 1,
    q: null,
    pick: { ...noPick, show: [name] },
  });
}

/** The question that a page of one metric answers: the same cut, narrowing and what was gone down to. */
export function fromDrill(state: State, name: string): string {
  const { by, part } = state;
  const within: State['within'] = by !== null && part !== null ? [...state.within, [by, part]] : state.within;
  return link(explorePath, {
    ...state,
    within,
    part: null,
    sort: null,
    page: 1,
    q: null,
    pick: { ...noPick, show: [name] },
  });
}

export function without(state: State, name: string): string {
  const show = state.pick.show.filter((one) => one !== name);
  return show.length
    ? to(state, { show }, { sort: null })
    : link(explorePath, { ...state, by: null, sort: null, whole: [], within: [], pick: noPick });
}

export function cutBy(state: State, rows: string[]): string {
  const by = [...new Set(rows)].slice(0, mostRows).join(',');
  return to(state, state.pick.across && rows.includes(state.pick.across) ? { across: null } : {}, {
    by: by || null,
    sort: null,
  });
}

export function across(state: State, dimension: string | null): string {
  const rows = rowsOf(state).filter((one) => one !== dimension);
  return to(state, { across: dimension, as: 'pivot' }, { by: rows.join(',') || null, sort: null });
}

/** Filters that every page has go along from page to page; those of one view stay on this one. */
function keyOf(view: string, dimension: string) {
  return view === 'sales' || view === 'funnel' ? filterKeyOf(view, dimension) : null;
}

/** What a dimension is narrowed to; an empty text stands for records without a value. */
export function chosenIn(state: State, view: string, dimension: string): string[] {
  const key = keyOf(view, dimension);
  const steps = state.within.filter(([name]) => name === dimension).map(([, value]) => value);
  return [...(key ? (state.filters[key] ?? []) : []), ...steps];
}

export function narrow(state: State, view: string, dimension: string, values: string[]): string {
  const key = keyOf(view, dimension);
  const others = state.within.filter(([name]) => name !== dimension);
  if (key && !values.includes(''))
    return to(state, {}, { filters: { ...state.filters, [key]: values }, within: others });
  const filters = key ? { ...state.filters, [key]: [] } : state.filters;
  const steps = values.map((value): [string, string] => [dimension, value]);
  return to(state, {}, { filters, within: [...others, ...steps] });
}

/** Where the values of a dimension are found; `within` is what had to be chosen before anything can be counted. */
export function valuesHref(view: string, dimension: string, text: string, within: State['within']): string {
  const params = new URLSearchParams({ view, of: dimension, q: text });
  for (const [name, value] of within) params.append('in', `${name}:${value}`);
  return `/explore/options?${params}`;
}
