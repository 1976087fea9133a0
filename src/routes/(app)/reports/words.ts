import { m } from '#lib/paraglide/messages.js';
import { fromLine, type DeliveryStatus, type Line, type Rhythm } from '#lib/schedules.ts';
import type { Locale } from '#lib/page.ts';

export const frequencies = {
  daily: m.schedules_frequency_daily,
  workdays: m.schedules_frequency_workdays,
  weekly: m.schedules_frequency_weekly,
  monthly: m.schedules_frequency_monthly,
  quarterly: m.schedules_frequency_quarterly,
  cron: m.schedules_frequency_cron,
};

export const statuses: Record<DeliveryStatus, () => string> = {
  queued: m.schedules_status_queued,
  rendering: m.schedules_status_rendering,
  sent: m.schedules_status_sent,
  failed: m.schedules_status_failed,
  discarded: m.schedules_status_discarded,
};

const days = {
  last: m.schedules_day_last,
  first_workday: m.schedules_day_first_workday,
  last_workday: m.schedules_day_last_workday,
};

/** `Every week: Mon, Thu, 09:00`. */
export function rhythmOf(line: Line, locale: Locale): string {
  const rhythm = fromLine(line);
  const name = frequencies[rhythm.frequency]();
  if (rhythm.frequency === 'cron') return `${name}: ${rhythm.line}`;
  const day = dayOf(rhythm, locale);
  return `${name}${day && `: ${day}`}, ${rhythm.time}`;
}

function dayOf(rhythm: Rhythm, locale: Locale): string {
  if ('weekdays' in rhythm)
    return weekdays(locale)
      .filter(({ day }) => rhythm.weekdays.includes(day))
      .map(({ title }) => title)
      .join(', ');
  if (!('day' in rhythm)) return '';
  const said = typeof rhythm.day === 'number' ? `${m.schedules_day()} ${rhythm.day}` : days[rhythm.day]();
  return said.toLocaleLowerCase(locale);
}

/** A moment on the clock of the schedule: the weekday helps to see whether it is right. */
export function formatRun(at: Date | string, locale: Locale, timezone: string): string {
  return new Intl.DateTimeFormat(locale === 'ru' ? 'ru-RU' : 'en-GB', {
    ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
    ...{ hour: '2-digit', minute: '2-digit', timeZone: timezone },
  }).format(new Date(at));
}

/** Monday is 1; names in the reader's language. */
export function weekdays(locale: Locale): { day: number; title: string }[] {
  const names = new Intl.DateTimeFormat(locale === 'ru' ? 'ru-RU' : 'en-GB', {
    weekday: 'short',
    timeZone: 'UTC',
  });
  return [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, title: names.format(new Date(Date.UTC(2024, 0, day))) }));
}
