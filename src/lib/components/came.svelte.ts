import { places, type Place } from '#lib/places.ts';

let last = $state.raw<{ place: Place; search: string }>({ place: places[0]!, search: '' });

/** The place that was seen last, as it was: what a drill leads back to. Where none was, it is the company. */
export const cameFrom = (): typeof last => last;

/** To be told each page that is opened. */
export function noteVisit({ pathname, search }: URL): void {
  const place = places.find(({ href }) => href === pathname);
  if (place) last = { place, search };
}
