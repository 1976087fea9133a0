import type { Locale, Unit } from './page.ts';

/** What stands where there is nothing to show; never 0. */
export const nothing = '—';

export type Style = { locale: Locale; currency: string };

const tags: Record<Locale, string> = { ru: 'ru-RU', en: 'en-US' };
const made = new Map<string, Intl.NumberFormat>();

// An Intl formatter costs more than what it formats; a page shows hundreds of numbers in few styles.
function formatter(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options);
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.NumberFormat(tags[locale], options);
  made.set(key, fresh);
  return fresh;
}

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** `1,2 млн ₽`, `₽1.2M`; below ten thousand the whole amount is short enough. */
export function formatMoney(value: number | null, { locale, currency }: Style): string {
  if (!isNumber(value)) return nothing;
  const base = { style: 'currency', currency, currencyDisplay: 'narrowSymbol' } as const;
  const options: Intl.NumberFormatOptions =
    Math.abs(value) < 10_000
      ? { ...base, maximumFractionDigits: 0 }
      : { ...base, notation: 'compact', minimumFractionDigits: 0, maximumFractionDigits: 1 };
  return minus(formatter(locale, options).format(value));
}

export function formatMoneyExact(value: number | null, { locale, currency }: Style): string {
  if (!isNumber(value)) return nothing;
  const digits = Number.isInteger(value) ? 0 : 2;
  return minus(
    formatter(locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value),
  );
}

export function formatPercent(value: number | null, locale: Locale): string {
  if (!isNumber(value)) return nothing;
  const digits = Math.abs(value) < 0.9995 && Math.abs(value) > 0 ? 1 : 0;
  return minus(formatter(locale, { style: 'percent', maximumFractionDigits: digits }).format(value));
}

export function formatCount(value: number | null, locale: Locale, digits = 0): string {
  if (!isNumber(value)) return nothing;
  return minus(formatter(locale, { maximumFractionDigits: digits }).format(value));
}

type Time = 'day' | 'hour' | 'minute' | 'second';

const times = { days: 'day', hours: 'hour', minutes: 'minute', seconds: 'second' } as const;

/** What a unit of time is counted in from so many on, and how many make one. */
const larger: Partial<Record<Time, { unit: Time; from: number; size: number }>> = {
  second: { unit: 'minute', from: 60, size: 60 },
  minute: { unit: 'hour', from: 60, size: 60 },
  hour: { unit: 'day', from: 48, size: 24 },
};

/** `12 ч 53 мин`: in two units at most, as people say it. */
function formatDuration(value: number | null, unit: Time, locale: Locale): string {
  if (!isNumber(value)) return nothing;
  const next = larger[unit];
  const whole = Math.round(Math.abs(value));
  if (!next || whole < next.from) return formatTime(value, unit, locale);
  const above = Math.floor(whole / next.size);
  if (above >= (larger[next.unit]?.from ?? Infinity)) {
    return formatDuration(value / next.size, next.unit, locale);
  }
  const rest = whole % next.size;
  const first = formatTime(value < 0 ? -above : above, next.unit, locale);
  return rest ? `${first} ${formatTime(rest, unit, locale)}` : first;
}

function formatTime(value: number, unit: Time, locale: Locale): string {
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  return minus(
    formatter(locale, {
      style: 'unit',
      unit,
      unitDisplay: unit === 'day' && locale === 'en' ? 'long' : 'short',
      maximumFractionDigits: digits,
    }).format(value),
  );
}

/** A number of a metric, short enough for a tile or an axis. */
export function formatValue(value: number | null, unit: Unit, style: Style): string {
  switch (unit) {
    case 'money':
      return formatMoney(value, style);
    case 'percent':
      return formatPercent(value, style.locale);
    case 'days':
    case 'hours':
    case 'minutes':
    case 'seconds':
      return formatDuration(value, times[unit], style.locale);
    case 'score':
      return formatCount(value, style.locale, 1);
    case 'count':
      return formatCount(value, style.locale);
  }
}

/** The same number beside its like on an axis: of times, all in one unit. */
export function formatTick(value: number, unit: Unit, style: Style): string {
  return unit in times
    ? formatTime(value, times[unit as keyof typeof times], style.locale)
    : formatValue(value, unit, style);
}

/** The same number in whole units of money, for tables of sums. */
export function formatFull(value: number | null, unit: Unit, style: Style): string {
  if (unit !== 'money' || !isNumber(value)) return formatValue(value, unit, style);
  return formatMoneyExact(Math.round(value), style);
}

/** To the last cent, for records that must be seen to add up. */
export function formatExact(value: number | null, unit: Unit, style: Style): string {
  return unit === 'money' ? formatMoneyExact(value, style) : formatValue(value, unit, style);
}

const points: Record<Locale, string> = { ru: 'п. п.', en: 'pp' };

/** `+12 %`, `−2,3 п. п.`; the sign is always shown because it is the message. */
export function formatChange(
  change: number | null,
  kind: 'relative' | 'difference',
  unit: Unit,
  locale: Locale,
): string {
  if (!isNumber(change)) return nothing;
  const options: Intl.NumberFormatOptions = { signDisplay: 'exceptZero', maximumFractionDigits: 1 };
  if (kind === 'relative') {
    const digits = Math.abs(change) < 0.0995 ? 1 : 0;
    const relative = formatter(locale, { ...options, style: 'percent', maximumFractionDigits: digits });
    return minus(relative.format(change));
  }
  const shown = minus(formatter(locale, options).format(unit === 'percent' ? change * 100 : change));
  return unit === 'percent' ? `${shown} ${points[locale]}` : shown;
}

/** A true minus is as wide as a plus, so signed columns line up. */
function minus(text: string): string {
  return text.replace('-', '−');
}

export type PluralForms = { one: string; few?: string; many?: string; other: string };

const rules: Record<Locale, Intl.PluralRules> = {
  ru: new Intl.PluralRules('ru'),
  en: new Intl.PluralRules('en'),
};

/** `5 сделок`, `2 deals`. */
export function pluralize(count: number, forms: PluralForms, locale: Locale): string {
  const rule = rules[locale].select(count);
  const form = rule === 'one' || rule === 'few' || rule === 'many' ? forms[rule] : undefined;
  return `${formatCount(count, locale)} ${form ?? forms.other}`;
}
