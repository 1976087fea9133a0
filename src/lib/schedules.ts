import type { Locale } from './page.ts';

/** Of the moments a cron line names, those on these working days: of all, or of the month. */
export const workdays = ['any', 'every', 'first', 'last'] as const;
export type Workday = (typeof workdays)[number];

export const frequencies = ['daily', 'workdays', 'weekly', 'monthly', 'quarterly', 'cron'] as const;
export type Frequency = (typeof frequencies)[number];

/** The day of a month: 1–28, its last one, or its first or last working day. */
export type MonthDay = number | 'last' | 'first_workday' | 'last_workday';

/** How often, as people say it; `time` is `HH:MM` on the clock of the schedule's zone. */
export type Rhythm =
  | { frequency: 'daily' | 'workdays'; time: string }
  | { frequency: 'weekly'; time: string; weekdays: number[] }
  | { frequency: 'monthly' | 'quarterly'; time: string; day: MonthDay }
  | { frequency: 'cron'; line: string };

export type Line = { cron: string; workday: Workday };

export const isTime = (text: string): boolean => /^([01]\d|2[0-3]):[0-5]\d$/.test(text);

/** What the clock is set to for a rhythm. Weekdays are 1 (Monday) to 7. */
export function toLine(rhythm: Rhythm): Line {
  if (rhythm.frequency === 'cron') return { cron: rhythm.line, workday: 'any' };
  const [hour, minute] = rhythm.time.split(':').map(Number);
  const at = `${minute} ${hour}`;
  switch (rhythm.frequency) {
    case 'daily':
      return { cron: `${at} * * *`, workday: 'any' };
    case 'workdays':
      return { cron: `${at} * * *`, workday: 'every' };
    case 'weekly':
      return {
        cron: `${at} * * ${[...rhythm.weekdays]
          .map((day) => day % 7)
          .sort((a, b) => a - b)
          .join(',')}`,
        workday: 'any',
      };
    case 'monthly':
      return monthly(at, '*', rhythm.day);
    case 'quarterly':
      return monthly(at, quarters(rhythm.day), rhythm.day);
  }
}

/** The last day of a quarter is in its last month, any other in its first. */
const quarters = (day: MonthDay) => (day === 'last' || day === 'last_workday' ? '3,6,9,12' : '1,4,7,10');

function monthly(at: string, months: string, day: MonthDay): Line {
  if (day === 'first_workday') return { cron: `${at} * ${months} *`, workday: 'first' };
  if (day === 'last_workday') return { cron: `${at} * ${months} *`, workday: 'last' };
  return { cron: `${at} ${day === 'last' ? 'L' : day} ${months} *`, workday: 'any' };
}

/** The rhythm a line was made of; whatever has no other name is a cron line. */
export function fromLine({ cron, workday }: Line): Rhythm {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.trim().split(/\s+/);
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
  const whole: Rhythm = { frequency: 'cron', line: cron };
  if (!isTime(time)) return whole;
  const candidates: Rhythm[] = [
    { frequency: 'daily', time },
    { frequency: 'workdays', time },
    {
      frequency: 'weekly',
      time,
      weekdays: weekday
        .split(',')
        .map((one) => Number(one) || 7)
        .sort((a, b) => a - b),
    },
    ...(['monthly', 'quarterly'] as const).flatMap((frequency): Rhythm[] => [
      { frequency, time, day: 'first_workday' },
      { frequency, time, day: 'last_workday' },
      { frequency, time, day: 'last' },
      { frequency, time, day: Number(day) },
    ]),
  ];
  const is = ({ cron: line, workday: on }: Line) =>
    line === cron.trim().replace(/\s+/g, ' ') && on === workday;
  return month ? (candidates.find((one) => is(toLine(one))) ?? whole) : whole;
}

/** Who gets it: with a `user_id` or a `group` their own rows, an address alone those of the owner. */
export type Recipient = {
  email: string;
  /** null is the person's own language */
  locale: Locale | null;
  user_id?: string | null;
  /** `role:head` or `team:<source>:<id in the source>`; `email` is its name then */
  group?: string | null;
  part?: Part;
};

export const parts = ['to', 'cc', 'bcc'] as const;
export type Part = (typeof parts)[number];

export const occasions = ['always', 'data', 'incident', 'metric', 'changed'] as const;
export type Occasion = (typeof occasions)[number];

export type Condition = { metric: string; operator: 'above' | 'below'; value: number };

export const fileForms = ['pdf', 'xlsx', 'csv'] as const;
export type FileForm = (typeof fileForms)[number];

/** How long late data may be waited for, in minutes. */
export const patiences = [0, 30, 60, 120, 240] as const;

export type DeliveryStatus = 'queued' | 'rendering' | 'sent' | 'failed' | 'discarded';
