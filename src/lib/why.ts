import { formatEffect } from './driver.ts';
import { formatChange, type Style } from './format.ts';
import type { Unit } from './page.ts';
import { link, type State } from './state.ts';

/** `+3.2 pp` of what is a share, `+1.2M` of what is an amount. */
export function effectOf(change: number, unit: Unit, style: Style): string {
  return unit === 'percent' || unit === 'score'
    ? formatChange(change, 'difference', unit, style.locale)
    : formatEffect(change, unit, style);
}

/** The page that says what has changed this figure. */
export const whyHref = (metric: string, state: State): string =>
  link(`/drill/${metric}/why`, { ...state, by: null, part: null, sort: null, page: 1 });
