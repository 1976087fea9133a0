import { DateTime } from 'luxon';
import type { Grain } from './page.ts';

export const presets = [
  'today',
  'yesterday',
  'this_week',
  'last_week',
  'this_month',
  'last_month',
  'this_quarter',
  'last_quarter',
  'this_year',
  'last_year',
  'last_7_days',
  'last_30_days',
  'last_90_days',
  'all',
] as const;
export type Preset = (typeof presets)[number];

/** Days as `YYYY-MM-DD`; both belong to the range. */
export type Range = { from: string; to: string };
export type PeriodChoice = { preset: Preset } | Range;

export const comparisons = ['previous', 'last_year', 'none'] as const;
export type ComparisonKind = (typeof comparisons)[number];

type Unit = 'week' | 'month' | 'quarter' | 'year';

// Days are counted in UTC whatever the reporting zone is: a day has no clock, so no summer time can shift it.
const day = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' });
const print = (date: DateTime) => date.toISODate() ?? '';
const range = (from: DateTime, to: DateTime): Range => ({ from: print(from), to: print(to) });

export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && day(text).isValid;
}

/** The day it is now where the company reports. */
export function todayIn(timezone: string, now: Date = new Date()): string {
  return print(DateTime.fromJSDate(now, { zone: timezone }));
}

export function shiftDay(iso: string, days: number): string {
  return print(day(iso).plus({ days }));
}

export function daysIn({ from, to }: Range): number {
  return day(to).diff(day(from), 'days').days + 1;
}

/** The days a choice stands for; null is "all time". A period in progress ends today. */
export function resolve(choice: PeriodChoice, today: string): Range | null {
  if (!('preset' in choice)) return { from: choice.from, to: choice.to };
  const now = day(today);
  const [, moment, rest] = /^(this|last|today|yesterday|all)_?(.*)$/.exec(choice.preset) ?? [];
  if (moment === 'all') return null;
  if (moment === 'today') return range(now, now);
  if (moment === 'yesterday') return range(now.minus({ days: 1 }), now.minus({ days: 1 }));
  const days = /^(\d+)_days$/.exec(rest ?? '')?.[1];
  if (days) return range(now.minus({ days: Number(days) - 1 }), now);
  const unit = rest as Unit;
  if (moment === 'this') return range(now.startOf(unit), now);
  const start = now.startOf(unit).minus({ [unit]: 1 });
  return range(start, start.endOf(unit));
}

/** The range to compare with. An unfinished month is held against the same days of the month before. */
export function compareWith(choice: PeriodChoice, kind: ComparisonKind, today: string): Range | null {
  const current = resolve(choice, today);
  if (!current || kind === 'none') return null;
  const preset = 'preset' in choice ? choice.preset : '';
  if (kind === 'last_year') {
    // 52 weeks back, so that a Monday meets a Monday
    return preset.endsWith('_week') ? shift(current, 'week', 52) : shift(current, 'year', 1);
  }
  const unit = /^this_(.*)$/.exec(preset)?.[1];
  if (unit) return shift(current, unit as Unit, 1);
  const months = wholeMonths(current);
  if (months) return shift(current, 'month', months);
  const days = daysIn(current);
  return range(day(current.from).minus({ days }), day(current.from).minus({ days: 1 }));
}

function shift(current: Range, unit: Unit, by: number): Range {
  const months = wholeMonths(current);
  const to = day(current.to).minus({ [unit]: by });
  return range(day(current.from).minus({ [unit]: by }), months ? to.endOf('month') : to);
}

/** How many whole calendar months the range is, 0 when it is not. */
function wholeMonths({ from, to }: Range): number {
  const end = day(to).plus({ days: 1 });
  if (day(from).day !== 1 || end.day !== 1) return 0;
  return Math.round(end.diff(day(from), 'months').months);
}

/** Coarse enough to be read, fine enough to show a turn. */
export function grainFor(current: Range): Grain {
  const days = daysIn(current);
  if (days <= 45) return 'day';
  return days <= 190 ? 'week' : 'month';
}

/** The first days of all buckets that touch the range, as Cube names them. */
export function bucketsOf(current: Range, grain: Grain): string[] {
  const found: string[] = [];
  let at = day(current.from).startOf(grain);
  const end = day(current.to);
  while (at <= end) {
    found.push(print(at));
    at = at.plus({ [grain]: 1 });
  }
  return found;
}

/** The whole calendar month that holds a day. */
export function monthOf(iso: string): Range {
  return range(day(iso).startOf('month'), day(iso).endOf('month'));
}
