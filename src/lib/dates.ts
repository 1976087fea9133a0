import { nothing } from './format.ts';
import type { Grain, Locale } from './page.ts';
import type { Range } from './period.ts';

const tags: Record<Locale, string> = { ru: 'ru-RU', en: 'en-GB' };
const made = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(tags[locale], options);
  made.set(key, fresh);
  return fresh;
}

// A day is a name, not a moment: read and printed in UTC, no host's zone can move it.
const noon = (iso: string) => new Date(`${iso.slice(0, 10)}T12:00:00Z`);

// Russian date patterns end in "г.", which only costs room; "авг." ends in it too.
const trim = (text: string) => text.replace(/\s+г\.$/, '');

export function formatDay(iso: string | null, locale: Locale): string {
  if (!iso) return nothing;
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  };
  return trim(formatter(locale, options).format(noon(iso)));
}

/** `1–21 нояб. 2026`. */
export function formatRange({ from, to }: Range, locale: Locale): string {
  if (from === to) return formatDay(from, locale);
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  };
  return trim(
    formatter(locale, options)
      .formatRange(noon(from), noon(to))
      .replace(/\s+г\.(?=\s*–)/, ''),
  );
}

/** The name of a month, for plans: `ноябрь 2026`. */
export function formatMonth(iso: string, locale: Locale): string {
  return trim(formatter(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(noon(iso)));
}

/** Monday to Sunday, short. */
export function weekdays(locale: Locale): string[] {
  const format = formatter(locale, { weekday: 'short', timeZone: 'UTC' });
  // 1 January 2024 was a Monday
  return Array.from({ length: 7 }, (_, at) => format.format(noon(`2024-01-0${at + 1}`)));
}

/** What stands on an axis below a bucket. */
export function formatBucket(iso: string, grain: Grain, locale: Locale): string {
  const options: Intl.DateTimeFormatOptions =
    grain === 'month' ? { month: 'short', year: '2-digit' } : { day: 'numeric', month: 'short' };
  return trim(formatter(locale, { ...options, timeZone: 'UTC' }).format(noon(iso))).replace(/\.$/, '');
}

/** A moment on the company's clock: `21 нояб., 10:40`; the year only when it is another one. */
export function formatMoment(
  iso: string | null,
  locale: Locale,
  timezone: string,
  now: Date = new Date(),
): string {
  if (!iso) return nothing;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return nothing;
  const far = Math.abs(now.getTime() - at.getTime()) > 300 * 86_400_000;
  return formatter(locale, {
    day: 'numeric',
    month: 'short',
    ...(far ? { year: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
    timeZone: timezone,
  }).format(at);
}
