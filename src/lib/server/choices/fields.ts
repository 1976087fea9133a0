import type { Rule } from '../incidents/rule.ts';

/** As it stands in pulse.yaml; null leaves it to the product. */
export type Value = number | string | boolean | (number | string)[] | Record<string, string> | null;

/** `share` is a fraction that people write in percent; `band` is two counts, `span` two times of a day. */
export type Kind =
  'count' | 'days' | 'hours' | 'seconds' | 'number' | 'share' | 'money' | 'clock' | 'band' | 'span';

export type Field = {
  /** its path in pulse.yaml */
  key: string;
  /** what it is called among its neighbours */
  name: string;
  kind: Kind;
  usual: Value;
  least: number;
};

function field(path: string, kind: Kind, usual: Value, least = 1): Field {
  const [, ...name] = path.split('.');
  return { key: path, name: name.join('_'), kind, usual, least };
}

/** What figures are judged by, and who hears of incidents when. The usual values are those of etl/config-schema.ts. */
export const fields: Field[] = [
  field('limits.first_response_hours', 'hours', 24),
  field('limits.callback_hours', 'hours', 2),
  field('limits.answer_seconds', 'seconds', 20),
  field('limits.churn_days', 'days', 365),
  field('limits.contact_days.gold', 'days', 14),
  field('limits.contact_days.silver', 'days', 21),
  field('limits.contact_days.bronze', 'days', 21),
  field('limits.contact_days.occasional', 'days', 21),
  field('limits.active_customers', 'band', [50, 100]),
  field('incidents.min_stake', 'money', null),
  field('incidents.mail.min_stake', 'money', null),
  field('incidents.mail.digest_at', 'clock', '09:00'),
  field('incidents.mail.remind_days', 'days', 7, 0),
  field('incidents.quiet', 'span', null),
];

const kinds: Record<string, Kind> = {
  ...{ days: 'days', workdays: 'days', least: 'count', times: 'number', deviations: 'number' },
  ...{ share: 'share', loss: 'share', spend_share: 'share', fall: 'share', pace: 'share', points: 'share' },
  ...{ risk_60: 'share', risk_90: 'share', risk_older: 'share' },
};

/** The limits of one rule. */
export function fieldsOf({ name, days, limits }: Pick<Rule, 'name' | 'days' | 'limits'>): Field[] {
  return Object.entries({ ...(days === null ? {} : { days }), ...limits }).map(([key, usual]) => ({
    ...field(`incidents.rules.${name}.${key}`, kinds[key] ?? 'number', usual),
    name: key,
  }));
}

/** As the form shows it. */
export function write({ kind }: Field, value: Value): string {
  if (value === null) return '';
  if (kind === 'share') return String(Math.round(Number(value) * 1e6) / 1e4);
  if (kind === 'span') {
    const { from = '', to = '' } = value as Record<string, string>;
    return `${from} ${to}`;
  }
  return Array.isArray(value) ? value.join(' ') : String(value);
}

/** What was typed; undefined where it cannot be meant. */
export function read({ kind, usual, least }: Field, texts: string[]): Value | undefined {
  const [first = '', second = ''] = texts.map((text) => text.trim().replace(',', '.'));
  if (!first && !second) return usual;
  switch (kind) {
    case 'clock':
      return isClock(first) ? first : undefined;
    case 'span':
      return isClock(first) && isClock(second) && first !== second ? { from: first, to: second } : undefined;
    case 'band': {
      const [from, to] = [numberIn(first, 0), numberIn(second, 0)];
      const isBand = from !== undefined && to !== undefined && from <= to;
      return isBand && Number.isInteger(from) && Number.isInteger(to) ? [from, to] : undefined;
    }
    case 'share': {
      const percent = numberIn(first, 0.01, 1000);
      return percent === undefined ? undefined : Math.round(percent * 1e4) / 1e6;
    }
    case 'count':
    case 'days': {
      const value = numberIn(first, least, 36_500);
      return Number.isInteger(value) ? value : undefined;
    }
    case 'money':
      return numberIn(first, 0);
    default:
      return numberIn(first, 0.01);
  }
}

const isClock = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

function numberIn(text: string, from: number, to = 1e12): number | undefined {
  const value = /^\d+(\.\d+)?$/.test(text.replace(/\s/g, '')) ? Number(text.replace(/\s/g, '')) : NaN;
  return value >= from && value <= to ? value : undefined;
}
