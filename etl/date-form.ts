import { literal } from './sql-text.ts';

const tokens: [token: string, group: string, part: Part][] = [
  ['yyyy', String.raw`(\d{4})`, 'year'],
  ['yy', String.raw`(\d{2})`, 'shortYear'],
  ['MMMM', String.raw`([A-Za-z]+)`, 'month'],
  ['MMM', String.raw`([A-Za-z]{3})`, 'month'],
  ['MM', String.raw`(\d{2})`, 'month'],
  ['M', String.raw`(\d{1,2})`, 'month'],
  ['dd', String.raw`(\d{2})`, 'day'],
  ['d', String.raw`(\d{1,2})`, 'day'],
  ['HH', String.raw`(\d{2})`, 'hour'],
  ['H', String.raw`(\d{1,2})`, 'hour'],
  ['hh', String.raw`(\d{2})`, 'hour'],
  ['h', String.raw`(\d{1,2})`, 'hour'],
  ['mm', String.raw`(\d{2})`, 'minute'],
  ['ss', String.raw`(\d{2})`, 'second'],
  ['SSS', String.raw`(\d{3,6})`, 'fraction'],
  ['a', String.raw`([AaPp][Mm])`, 'half'],
  ['ZZ', String.raw`([+-]\d{2}:?\d{2}|Z)`, 'zone'],
  ['Z', String.raw`([+-]\d{2}:?\d{2}|Z)`, 'zone'],
];

type Part =
  'year' | 'shortYear' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'zone';

/**
 * SQL that turns a text of a declared form (tokens as in Unicode TR 35: yyyy MM dd HH mm ss a Z; `epoch`, `epoch_ms`)
 * into the ISO text that `ops.to_timestamp` reads. A text of another form stays null, so its row is quarantined.
 */
export function toIso(text: string, form: string): string {
  if (form === 'epoch' || form === 'epoch_ms') {
    const seconds = form === 'epoch' ? `${text}::numeric` : `${text}::numeric / 1000`;
    return `case when ${text} ~ '^[0-9]{1,14}(\\.[0-9]+)?$' then to_char(to_timestamp(${seconds}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') end`;
  }
  const { pattern, parts } = readForm(form);
  const at = (part: Part): string | undefined => {
    const index = parts.indexOf(part);
    return index < 0 ? undefined : `\\${index + 1}`;
  };
  const year = at('year') ?? (at('shortYear') ? `20${at('shortYear')}` : '');
  const day = `${year}-${at('month') ?? '01'}-${at('day') ?? '01'}`;
  const fraction = at('fraction') ? `.${at('fraction')}` : '';
  const seconds = at('second') ? `:${at('second')}${fraction}` : '';
  const half = at('half') ? ` ${at('half')}` : '';
  const time = at('hour') ? ` ${at('hour')}:${at('minute') ?? '00'}${seconds}${half}` : '';
  const re = literal(`^${pattern}$`);
  return `case when ${text} ~ ${re} then regexp_replace(${text}, ${re}, ${literal(day + time + (at('zone') ?? ''))}) end`;
}

function readForm(form: string): { pattern: string; parts: Part[] } {
  const parts: Part[] = [];
  let pattern = '';
  for (let i = 0; i < form.length;) {
    const quoted = /^'([^']*)'/.exec(form.slice(i));
    const token = tokens
      .filter(([name]) => form.startsWith(name, i))
      .reduce<(typeof tokens)[number] | undefined>(
        (a, b) => (a && a[0].length >= b[0].length ? a : b),
        undefined,
      );
    if (quoted) {
      pattern += escape(quoted[1] ?? '');
      i += quoted[0].length;
    } else if (token) {
      pattern += token[1];
      parts.push(token[2]);
      i += token[0].length;
    } else {
      pattern += escape(form[i] ?? '');
      i++;
    }
  }
  return { pattern, parts };
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
