import type { Screen } from '../screen.ts';

/** Where a chart stands: over the whole width, in a pair on the home page, last there, or beside a table. */
export type Place = 'whole' | 'pair' | 'last' | 'beside';

const rem = 15;

/**
 * How wide a chart of this place is on such a screen, in pixels. The numbers are those of the layout and its pages;
 * a chart that does not fit is scaled until it is drawn anew, and `tests/e2e/charts.test.ts` sees to it that all fit.
 */
export function roomFor(place: Place, { window, page }: Screen): number {
  const side = window >= 1024 ? page - 15 * rem : page;
  const edge = window >= 1024 ? 2 : window >= 640 ? 1.5 : 1;
  const content = Math.min(side, 84 * rem) - 2 * edge * rem;
  const inside = (card: number) => card - 2 - 2 * (window >= 640 ? 1.25 : 1) * rem;
  if (place === 'beside') {
    const card = content - 2 - 2 * (window >= 640 ? 0.75 : 0.5) * rem;
    const part = window >= 1280 ? ((card - 1.5 * rem) * 5) / 11 : card;
    return part - rem;
  }
  if (place !== 'whole' && window >= 1280) return inside((content - 2 * rem) / 3);
  if (place === 'pair' && window >= 768) return inside((content - rem) / 2);
  return inside(content);
}
