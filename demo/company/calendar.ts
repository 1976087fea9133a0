import type { Random } from './random.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Moscow has kept one offset since 2014, so its clock needs no zone tables here. */
const OFFSET = 3 * HOUR;
const OPENS = 9;
const CLOSES = 18;

/** Days are whole numbers since 1970-01-01 on Moscow's calendar; moments are epoch milliseconds. */
export const dayOf = (moment: number): number => Math.floor((moment + OFFSET) / DAY);
export const startOf = (day: number): number => day * DAY - OFFSET;
export const hourOf = (moment: number): number => (moment + OFFSET - dayOf(moment) * DAY) / HOUR;
export const parseDay = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / DAY);
export const printDay = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);
export const printMoment = (moment: number): string => new Date(moment).toISOString();
/** As a clock on the wall in Moscow shows it: what Asterisk and most vendors store. */
export const printLocal = (moment: number): string =>
  new Date(moment + OFFSET).toISOString().slice(0, 19).replace('T', ' ');
export const monthOf = (day: number): string => printDay(day).slice(0, 7);
export const today = (): number => dayOf(Date.now());
/** 0 is Monday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** First day of the month that lies `months` away from the month of `day`. */
export function monthStart(day: number, months = 0): number {
  const at = new Date(day * DAY);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1) / DAY;
}

const FIXED = ['02-23', '03-08', '05-01', '05-09', '06-12', '11-04'];
const known = new Map<number, boolean>();

/** The Russian calendar without the yearly decree: a holiday on a weekend moves to Monday. */
export function isWorkday(day: number): boolean {
  let answer = known.get(day);
  if (answer === undefined) {
    answer = decide(day);
    known.set(day, answer);
  }
  return answer;
}

function decide(day: number): boolean {
  const weekday = weekdayOf(day);
  if (weekday > 4) return false;
  const date = printDay(day).slice(5);
  if (date <= '01-08' || date === '12-31' || FIXED.includes(date)) return false;
  if (weekday > 0) return true;
  return ![day - 1, day - 2].some((d) => FIXED.includes(printDay(d).slice(5)));
}

export function nextWorkday(day: number): number {
  let next = day + 1;
  while (!isWorkday(next)) next++;
  return next;
}

/** The moment itself when somebody is at work, else a moment after the next opening. */
export function settle(moment: number, random: Random): number {
  const day = dayOf(moment);
  const hour = hourOf(moment);
  if (isWorkday(day) && hour >= OPENS && hour < CLOSES) return moment;
  const open = isWorkday(day) && hour < OPENS ? day : nextWorkday(day);
  return startOf(open) + Math.round(OPENS * HOUR + random.next() * random.next() * 8 * HOUR);
}

/** Adds minutes that pass only while the office is open. */
export function workLater(moment: number, minutes: number): number {
  let day = dayOf(moment);
  let at = moment;
  if (!isWorkday(day) || hourOf(at) >= CLOSES) {
    day = nextWorkday(day);
    at = startOf(day) + OPENS * HOUR;
  } else if (hourOf(at) < OPENS) at = startOf(day) + OPENS * HOUR;
  let left = minutes * MINUTE;
  for (;;) {
    const room = startOf(day) + CLOSES * HOUR - at;
    if (left < room) return Math.round(at + left);
    left -= room;
    day = nextWorkday(day);
    at = startOf(day) + OPENS * HOUR;
  }
}

const SEASON = [0.68, 0.96, 1.08, 1.04, 0.86, 0.97, 0.88, 0.93, 1.1, 1.14, 1.15, 1.2];
const WEEK = [1.16, 1.12, 1.06, 1, 0.82, 0.18, 0.12];

/** How busy a day is: year, week, holidays, and a company that grows by a seventh each year. */
export function demandOf(day: number, from: number): number {
  const month = new Date(day * DAY).getUTCMonth();
  const idle = weekdayOf(day) < 5 && !isWorkday(day) ? 0.2 : 1;
  return (SEASON[month] ?? 1) * (WEEK[weekdayOf(day)] ?? 1) * idle * (1 + (0.14 * (day - from)) / 365);
}
