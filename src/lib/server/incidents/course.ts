import { daysIn, shiftDay, type Range } from '../../period.ts';
import type { Row } from '../result.ts';
import { toNumber } from '../result.ts';
import type { Figures } from './rule.ts';

/** Sums of measures over any days of a range, in no time: the sums up to each day are kept. */
export type Course = (range: Range) => Figures;

/** `rows` have the day under `<time>.day` and a number under each of the names. */
export function course(rows: Row[], time: string, names: string[], whole: Range): Course {
  const length = daysIn(whole);
  const at = (day: string) => daysIn({ from: whole.from, to: day }) - 1;
  const upTo = Object.fromEntries(names.map((name) => [name, new Float64Array(length + 1)]));
  for (const row of rows) {
    const day = String(row[`${time}.day`] ?? row[time] ?? '').slice(0, 10);
    if (day < whole.from || day > whole.to) continue;
    for (const name of names) {
      const sums = upTo[name]!;
      sums[at(day) + 1] = (sums[at(day) + 1] ?? 0) + (toNumber(row[name]) ?? 0);
    }
  }
  for (const sums of Object.values(upTo)) for (let i = 1; i <= length; i++) sums[i]! += sums[i - 1]!;
  return ({ from, to }) => {
    const first = Math.max(0, Math.min(length, at(from)));
    const last = Math.max(0, Math.min(length, at(to) + 1));
    return Object.fromEntries(names.map((name) => [name, upTo[name]![last]! - upTo[name]![first]!]));
  };
}

export const minus = (a: Figures, b: Figures): Figures =>
  Object.fromEntries(Object.keys(a).map((name) => [name, (a[name] ?? 0) - (b[name] ?? 0)]));

export const plus = (a: Figures, b: Figures): Figures =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [
      name,
      (a[name] ?? 0) + (b[name] ?? 0),
    ]),
  );

/** The earliest day up to the last one of which none was without; null where the last one is. */
export function runOf(
  last: string,
  most: number,
  holds: (day: string) => boolean,
): { day: string; is_older: boolean } | null {
  let day: string | null = null;
  for (let back = 0; back < most; back++) {
    const asked = shiftDay(last, -back);
    if (!holds(asked)) return day === null ? null : { day, is_older: false };
    day = asked;
  }
  return day === null ? null : { day, is_older: true };
}
