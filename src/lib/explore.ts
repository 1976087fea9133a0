import type { Grain } from './page.ts';

export const shapes = ['chart', 'table', 'pivot'] as const;
export type Shape = (typeof shapes)[number];
export const grains: Grain[] = ['day', 'week', 'month'];

/** The bucket of time as a dimension to cut by; which date it is of, `dated` says, else each metric itself. */
export const timeDimension = 'time';
export const mostMeasures = 8;
export const mostRows = 3;
/** Measures in a pivot stand side by side below each column. */
export const mostInPivot = 3;

/** What the page of questions adds to the state; the dimensions of rows are `by`, separated by commas. */
export type Pick = {
  /** `<view>.<measure>`, in the order of columns */
  show: string[];
  /** the dimension of the columns of a pivot */
  across: string | null;
  as: Shape | null;
  grain: Grain | null;
  /** the date that the period cuts, in place of each metric's own */
  dated: string | null;
};

export const noPick: Pick = { show: [], across: null, as: null, grain: null, dated: null };

export const pickKeys = ['show', 'across', 'as', 'grain', 'dated'] as const;

/** Names may be wrong here: what exists is known where the catalogue is. */
export function parsePick(params: URLSearchParams, drop: (key: string) => void): Pick {
  const pick: Pick = { ...noPick };
  const names = params.getAll('show').flatMap((one) => one.split(','));
  const named = names.map((one) => one.trim()).filter((one) => one !== '');
  if (named.some((one) => !/^\w+\.\w+$/.test(one) || one.length > 120)) drop('show');
  pick.show = [...new Set(named.filter((one) => /^\w+\.\w+$/.test(one) && one.length <= 120))].slice(0, 20);
  const read = <One extends string>(key: string, isFine: (text: string) => boolean): One | null => {
    const text = params.get(key);
    if (text === null || text === '') return null;
    if (isFine(text)) return text as One;
    drop(key);
    return null;
  };
  const isName = (text: string) => /^[a-z0-9_]{1,60}$/.test(text);
  pick.across = read('across', isName);
  pick.as = read('as', (text) => shapes.some((one) => one === text));
  pick.grain = read('grain', (text) => grains.some((one) => one === text));
  pick.dated = read('dated', isName);
  return pick;
}

export function printPick(pick: Pick): [key: string, value: string][] {
  return pickKeys.flatMap((key): [string, string][] => {
    const value = pick[key];
    const text = Array.isArray(value) ? value.join(',') : value;
    return text ? [[key, text]] : [];
  });
}
