import { DAY, startOf } from '../company/calendar.ts';
import type { Company } from '../company/types.ts';
import { best, sum } from './figures.ts';

export function findFault(company: Company) {
  const now = startOf(company.until + 1);
  const within = (id: number, from: number, to: number): number =>
    company.tickets.filter(
      (t) => t.product === id && t.opened >= now - from * DAY && t.opened < now - to * DAY,
    ).length;
  const all = company.products.map((p) => ({
    id: p.id,
    name: p.name,
    last: within(p.id, 90, 0),
    before: within(p.id, 180, 90),
  }));
  const worst = best(all, (p) => p.last - p.before);
  const rest = all.filter((p) => p.id !== worst.id);
  const own = company.tickets.filter((t) => t.product === worst.id && t.opened >= now - 90 * DAY);
  return {
    ...worst,
    defects: own.filter((t) => t.cause === 'Брак').length,
    restLast: sum(rest, (p) => p.last),
    restBefore: sum(rest, (p) => p.before),
  };
}
