import type { Range } from '../period.ts';
import { warehouse } from './warehouse.ts';

/** `last` is today if it is a working day, else the one before it. */
export type Workdays = { all: number; elapsed: number; last: string | null };

/** Working days of a range, and how many of them ended before `today`. */
export async function workdays({ from, to }: Range, today: string): Promise<Workdays> {
  const { rows } = await warehouse().raw<{ rows: { all: string; elapsed: string; last: string | null }[] }>(
    `select count(*) as all, count(*) filter (where day < ?) as elapsed,
            (select max(day)::text from core.dim_calendar where is_workday and day <= ?) as last
       from core.dim_calendar where is_workday and day between ? and ?`,
    [today, today, from, to],
  );
  return {
    all: Number(rows[0]?.all ?? 0),
    elapsed: Number(rows[0]?.elapsed ?? 0),
    last: rows[0]?.last ?? null,
  };
}

/** Where a count ends if it goes on as in the working days behind it; unknown on the first of them. */
export function paced(sofar: number, { all, elapsed }: Pick<Workdays, 'all' | 'elapsed'>): number | null {
  return elapsed > 0 ? (sofar * all) / elapsed : null;
}
