import { formatCount, nothing } from '#lib/format.ts';
import type { Locale } from '#lib/page.ts';

type Part = 'millisecond' | 'second' | 'minute' | 'hour' | 'day';

function part(value: number, unit: Part, locale: Locale, digits = 0): string {
  const options = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale, options).format(value);
}

/** `40 мс`, `0,4 с`, `3 мин 12 с`, `2 ч 5 мин`. */
export function formatSpan(seconds: number | null, locale: Locale): string {
  if (seconds === null) return nothing;
  if (seconds < 0.095) return part(seconds * 1000, 'millisecond', locale);
  if (seconds < 9.95) return part(seconds, 'second', locale, 1);
  const whole = Math.round(seconds);
  if (whole < 60) return part(whole, 'second', locale);
  if (whole < 3600) return both(whole, 60, 'minute', 'second', locale);
  return both(Math.round(whole / 60), 60, 'hour', 'minute', locale);
}

function both(value: number, size: number, large: Part, small: Part, locale: Locale): string {
  const rest = value % size;
  const first = part(Math.floor(value / size), large, locale);
  return rest ? `${first} ${part(rest, small, locale)}` : first;
}

/** `5 минут назад`; below a minute it is now. */
export function formatAge(seconds: number | null, locale: Locale): string {
  if (seconds === null) return nothing;
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  if (seconds < 60) return words.format(0, 'second');
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < 48 * 3600) return words.format(-Math.floor(seconds / 3600), 'hour');
  return words.format(-Math.floor(seconds / 86_400), 'day');
}

/** Rows a second; a slow source still shows a digit. */
export function formatRate(rate: number | null, locale: Locale): string {
  return formatCount(rate, locale, rate !== null && rate < 10 ? 1 : 0);
}
