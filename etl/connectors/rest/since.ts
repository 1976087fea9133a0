import { DateTime } from 'luxon';
import { SourceError } from '../connector.ts';

/** The cursor, some days back, as a parameter wants it: `epoch`, `epoch_ms`, `iso` or a date form; else as it landed. */
export function formatSince(since: string, form: string | undefined, zone: string, days = 0): string {
  if (form === undefined && !days) return since;
  const format = form ?? formOf(since);
  const at = readTime(since, zone).minus({ days });
  if (!at.isValid)
    throw new SourceError(`the cursor is not a time, so it cannot be written as ${format}`, 'lasting');
  if (format === 'epoch') return String(Math.floor(at.toSeconds()));
  if (format === 'epoch_ms') return String(at.toMillis());
  if (format === 'iso') return at.toISO({ suppressMilliseconds: true }) ?? '';
  return at.toFormat(format, { locale: 'en' });
}

/** The day that it is in the source's zone, as most APIs want it: 2025-12-31. */
export const formatToday = (zone: string): string => DateTime.now().setZone(zone).toISODate() ?? '';

/** A time goes back as it came: a number as a number, a day as a day. */
function formOf(text: string): string {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return 'epoch';
  if (/^\d{12,14}$/.test(text)) return 'epoch_ms';
  return /^\d{4}-\d\d-\d\d$/.test(text) ? 'yyyy-MM-dd' : 'iso';
}

function readTime(text: string, zone: string): DateTime {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return DateTime.fromSeconds(Math.floor(Number(text)), { zone });
  if (/^\d{12,14}$/.test(text)) return DateTime.fromMillis(Number(text), { zone });
  const iso = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  return iso.isValid ? iso : DateTime.fromSQL(text, { zone });
}

/** Puts values in place of `{since}`, `{today}` or `{parent}` in every text of a body or query. */
export function fill<T>(value: T, values: Record<string, string>): T {
  if (typeof value === 'string')
    return value.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, values)) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)])) as T;
  return value;
}
