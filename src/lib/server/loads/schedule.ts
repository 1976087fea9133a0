import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { nextRun } from '../reports/clock.ts';

/** The next moment a schedule names; null when it cannot be read or never comes. */
export function nextOf(line: string, timezone: string, now: Date): string | null {
  try {
    return nextRun(line, timezone, now).toISOString();
  } catch {
    return null;
  }
}

/** A cron line as a person says it: the usual forms in words, any other as it is written. */
export function words(line: string, locale: Locale): string {
  return usual(line.trim().split(/\s+/), { locale }) ?? m.data_cron_line({ line }, { locale });
}

type Tongue = { locale: Locale };

function usual(parts: string[], tongue: Tongue): string | null {
  const [minute = '', hour = '', day = '', month = '', weekday = '', ...rest] = parts;
  if (rest.length || month !== '*') return null;
  if (day === '*' && weekday === '*' && hour === '*') return withinHour(minute, tongue);
  if (!/^\d+$/.test(minute)) return null;
  const hours = step(hour, 24);
  if (hours && minute === '0' && day === '*' && weekday === '*')
    return m.data_cron_hours({ count: hours, shown: hours }, tongue);
  if (!/^\d+(,\d+)*$/.test(hour)) return null;
  const times = hour.split(',').map((one) => `${one.padStart(2, '0')}:${minute.padStart(2, '0')}`);
  return onDays(day, weekday, join(times, tongue), tongue);
}

function withinHour(minute: string, tongue: Tongue): string | null {
  if (minute === '*' || minute === '*/1') return m.data_cron_minute({}, tongue);
  const minutes = step(minute, 60);
  if (minutes) return m.data_cron_minutes({ count: minutes, shown: minutes }, tongue);
  return /^\d+$/.test(minute) ? m.data_cron_hour({ at: minute.padStart(2, '0') }, tongue) : null;
}

function onDays(day: string, weekday: string, time: string, tongue: Tongue): string | null {
  if (day === '*' && weekday === '*') return m.data_cron_day({ time }, tongue);
  if (day === '*' && /^(1-5|mon-fri)$/i.test(weekday)) return m.data_cron_workdays({ time }, tongue);
  if (day === '*' && /^[0-7](,[0-7])*$/.test(weekday)) {
    const days = join(
      weekday.split(',').map((one) => nameOf(Number(one), tongue)),
      tongue,
    );
    return m.data_cron_weekdays({ days, time }, tongue);
  }
  return weekday === '*' && /^\d+$/.test(day) ? m.data_cron_month({ day, time }, tongue) : null;
}

/** Only a step that divides the hour or the day comes in even distances. */
function step(field: string, whole: number): number | null {
  const size = Number(/^\*\/(\d+)$/.exec(field)?.[1] ?? 0);
  return size > 1 && whole % size === 0 ? size : null;
}

/** 0 and 7 are Sunday; the fourth of January 1970 was one. */
function nameOf(weekday: number, { locale }: Tongue): string {
  const format = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  return format.format(new Date(Date.UTC(1970, 0, 4 + weekday)));
}

function join(all: string[], { locale }: Tongue): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(all);
}
