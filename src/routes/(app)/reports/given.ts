import type { Locale } from '#lib/page.ts';
import {
  fileForms,
  frequencies,
  occasions,
  parts,
  type MonthDay,
  type Recipient,
  type Rhythm,
} from '#lib/schedules.ts';

const locales: Locale[] = ['ru', 'en'];

/** What a refused form said, as the form shows it again. */
export function readGiven(form: URLSearchParams) {
  const text = (name: string) => form.get(name) ?? '';
  const [part, language] = [form.getAll('part'), form.getAll('language')];
  return {
    title: text('title'),
    rhythm: readRhythm(form),
    timezone: text('timezone'),
    starts_on: text('starts_on') || null,
    ends_on: text('ends_on') || null,
    recipients: form.getAll('who').flatMap((email, at): Pick<Recipient, 'email' | 'locale' | 'part'>[] =>
      email.trim() === ''
        ? []
        : [
            {
              email,
              locale: locales.find((one) => one === language[at]) ?? null,
              part: parts.find((one) => one === part[at]) ?? 'to',
            },
          ],
    ),
    send_when: occasions.find((one) => one === text('send_when')) ?? ('always' as const),
    condition: {
      metric: text('metric'),
      operator: text('operator') === 'above' ? ('above' as const) : ('below' as const),
      value: Number(text('value').replace(',', '.') || NaN),
    },
    fresh_within: Number(text('fresh_within')) || 0,
    files: fileForms.filter((one) => form.getAll('files').includes(one)),
  };
}

function readRhythm(form: URLSearchParams): Rhythm {
  const frequency = frequencies.find((one) => one === form.get('frequency')) ?? 'daily';
  const time = form.get('time') ?? '09:00';
  if (frequency === 'cron') return { frequency, line: form.get('line') ?? '' };
  if (frequency === 'weekly') return { frequency, time, weekdays: form.getAll('weekdays').map(Number) };
  if (frequency === 'daily' || frequency === 'workdays') return { frequency, time };
  const day = form.get('day') ?? '1';
  return { frequency, time, day: (/^\d+$/.test(day) ? Number(day) : day) as MonthDay };
}
