import { Cron } from 'croner';
import { DateTime } from 'luxon';
import type { Workday } from '../../schedules.ts';
import { warehouse } from '../warehouse.ts';

/**
 * The next moment a cron line names on the clock of a zone. A time that the spring gap swallows comes right
 * after the gap, one that autumn brings twice is taken once.
 * @throws when the line or the zone cannot be read, or when the line never comes true
 */
export function nextRun(cron: string, timezone: string, after: Date): Date {
  const next = new Cron(cron, { timezone, paused: true, mode: '5-part' }).nextRun(after);
  if (!next) throw new Error(`"${cron}" never comes true`);
  return next;
}

export type Timed = {
  cron: string;
  timezone: string;
  workday: Workday;
  /** `YYYY-MM-DD`, both included, on the clock of the zone */
  starts_on: string | null;
  ends_on: string | null;
};

/** Whether a day `YYYY-MM-DD` is worked. */
export type Calendar = (day: string) => boolean;

/** Monday to Friday, where nobody has said otherwise. */
export const usual: Calendar = (day) => DateTime.fromISO(day, { zone: 'utc' }).weekday <= 5;

const mostTries = 800;

/**
 * The next moment of a schedule after `after`; null when its end is before that.
 * @throws as `nextRun`
 */
export function nextOf(timed: Timed, after: Date, isWorked: Calendar = usual): Date | null {
  const { cron, timezone, workday, starts_on, ends_on } = timed;
  const start = starts_on ? DateTime.fromISO(starts_on, { zone: timezone }).toJSDate() : null;
  let at = start && start > after ? new Date(start.getTime() - 1) : after;
  for (let tries = 0; tries < mostTries; tries++) {
    at = nextRun(cron, timezone, at);
    const day = DateTime.fromJSDate(at, { zone: timezone });
    if (ends_on && (day.toISODate() ?? '') > ends_on) return null;
    if (fits(day, workday, isWorked)) return at;
  }
  throw new Error(`"${cron}" never comes true on such a working day`);
}

export function nextRuns(timed: Timed, after: Date, count: number, isWorked: Calendar = usual): Date[] {
  const runs: Date[] = [];
  let at: Date | null = after;
  while (runs.length < count && (at = nextOf(timed, at, isWorked))) runs.push(at);
  return runs;
}

function fits(day: DateTime, workday: Workday, isWorked: Calendar): boolean {
  if (workday === 'any') return true;
  if (!isWorked(day.toISODate() ?? '')) return false;
  if (workday === 'every') return true;
  const step = workday === 'first' ? -1 : 1;
  for (let other = day.plus({ days: step }); other.month === day.month; other = other.plus({ days: step }))
    if (isWorked(other.toISODate() ?? '')) return false;
  return true;
}

/** The company's working days of the next two years and the month before. */
export async function readCalendar(now = new Date()): Promise<Calendar> {
  const { rows } = await warehouse().raw<{ rows: { day: string; is_workday: boolean }[] }>(
    `select day::text, is_workday from core.dim_calendar
      where day between (?::timestamptz - interval '40 days')::date and (?::timestamptz + interval '800 days')::date
        and is_workday <> (extract(isodow from day) < 6)`,
    [now, now],
  );
  const unusual = new Map(rows.map(({ day, is_workday }) => [day, is_workday]));
  return (day) => unusual.get(day) ?? usual(day);
}
