import { DateTime } from 'luxon';
import { SourceError } from '../connector.ts';

/** The cursor in the form that a parameter wants: `epoch`, `epoch_ms`, `iso` or a date form; else as it landed. */
export function formatSince(since: string, format: string | undefined, zone: string): string {
  if (format === undefined) return since;
  const at = readTime(since, zone);
  if (!at.isValid) throw new SourceError(`the cursor is not a time, so it cannot be written as ${format}`);
  if (format === 'epoch') return String(Math.floor(at.toSeconds()));
  if (format === 'epoch_ms') return String(at.toMillis());
  if (format === 'iso') return at.toISO({ suppressMilliseconds: true }) ?? '';
  return at.toFormat(format, { locale: 'en' });
}

function readTime(text: string, zone: string): DateTime {
  if (/^\d{9,11}(\.\d+)?$/.test(text)) return DateTime.fromSeconds(Math.floor(Number(text)), { zone });
  if (/^\d{12,14}$/.test(text)) return DateTime.fromMillis(Number(text), { zone });
  const iso = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  return iso.isValid ? iso : DateTime.fromSQL(text, { zone });
}

/** Puts values in place of `{since}` or `{parent}` in every text of a body or query. */
export function fill<T>(value: T, values: Record<string, string>): T {
  if (typeof value === 'string')
    return value.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, values)) as T;
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, values)])) as T;
  return value;
}
