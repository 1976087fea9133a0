import { pageOf } from '../../exports.ts';
import type { Locale } from '../../page.ts';
import { find as findMetric } from '../../metrics.ts';
import { parse } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { readTitle } from '../../views.ts';
import {
  fileForms,
  frequencies,
  isTime,
  occasions,
  parts,
  patiences,
  toLine,
  type Frequency,
  type MonthDay,
  type Recipient,
  type Rhythm,
} from '../../schedules.ts';
import { m } from '../../paraglide/messages.js';
import { warehouse } from '../warehouse.ts';
import { nextOf, readCalendar, type Timed } from './clock.ts';
import { isAddress } from './mail.ts';
import { listGroups, listPeople } from './people.ts';
import type { NewSchedule } from './schedules.ts';

/** What was wrong, as sentences by field. */
export type Problems = Partial<
  Record<'title' | 'page' | 'when' | 'dates' | 'recipients' | 'condition', string>
>;
export type Read = { problems: Problems } | { schedule: Omit<NewSchedule, 'owner_id'> };

const mostRecipients = 500;
const locales: Locale[] = ['ru', 'en'];

/** Reads the form of a schedule, as a browser without scripts sends it too. */
export async function readForm(form: URLSearchParams, viewer: Viewer): Promise<Read> {
  const text = (name: string) => (form.get(name) ?? '').trim();
  const problems: Problems = {};
  const title = readTitle(text('title'));
  if (title === null) problems.title = m.schedules_problem_title({}, viewer);
  const page = pageOf(`/${text('page')}`);
  if (!page) problems.page = m.schedules_problem_page({}, viewer);
  const timed = await readTimed(form, viewer);
  if ('problem' in timed) problems[timed.field] = timed.problem;
  const { recipients, problem } = await readRecipients(form, viewer);
  if (problem) problems.recipients = problem;
  const send_when = occasions.find((one) => one === text('send_when')) ?? 'always';
  const number = text('value')
    .replace(',', '.')
    .replace(/[\s\u00a0]/g, '');
  const condition = {
    metric: text('metric'),
    operator: text('operator') === 'below' ? ('below' as const) : ('above' as const),
    value: number === '' ? NaN : Number(number),
  };
  const isMetric = send_when === 'metric';
  if (isMetric && (!findMetric(condition.metric) || !Number.isFinite(condition.value)))
    problems.condition = m.schedules_problem_metric({}, viewer);
  if (Object.keys(problems).length || !page || title === null || 'problem' in timed) return { problems };
  return {
    schedule: {
      title,
      page,
      state: text('state').replace(/^\?/, '').slice(0, 4000),
      ...timed,
      recipients,
      send_when,
      condition: isMetric ? condition : null,
      fresh_within: patiences.find((one) => String(one) === text('fresh_within')) ?? 0,
      files: fileForms.filter((one) => form.getAll('files').includes(one)),
    },
  };
}

type Wrong = { field: 'when' | 'dates'; problem: string };

/** When it runs; the words of what is wrong with that. */
export async function readTimed(
  form: URLSearchParams,
  viewer: Viewer,
  now = new Date(),
): Promise<Timed | Wrong> {
  const wrong = (problem: string, field: Wrong['field'] = 'when'): Wrong => ({ field, problem });
  const rhythm = readRhythm(form);
  if (rhythm === 'time') return wrong(m.schedules_problem_time({}, viewer));
  if (rhythm === 'weekdays') return wrong(m.schedules_problem_weekdays({}, viewer));
  const timezone = form.get('timezone') ?? '';
  if (!isZone(timezone)) return wrong(m.schedules_problem_timezone({}, viewer));
  const day = (name: string) =>
    /^\d{4}-\d\d-\d\d$/.test(form.get(name) ?? '') ? (form.get(name) ?? null) : null;
  const [starts_on, ends_on] = [day('starts_on'), day('ends_on')];
  if (starts_on && ends_on && ends_on < starts_on)
    return wrong(m.schedules_problem_dates({}, viewer), 'dates');
  const timed: Timed = { ...toLine(rhythm), timezone, starts_on, ends_on };
  try {
    const next = nextOf(timed, now, await readCalendar(now));
    return next ? timed : wrong(m.schedules_problem_over({}, viewer), 'dates');
  } catch {
    return wrong(m.schedules_problem_line({}, viewer));
  }
}

function readRhythm(form: URLSearchParams): Rhythm | 'time' | 'weekdays' {
  const frequency: Frequency = frequencies.find((one) => one === form.get('frequency')) ?? 'daily';
  if (frequency === 'cron') return { frequency, line: (form.get('line') ?? '').trim().slice(0, 200) };
  const time = (form.get('time') ?? '').slice(0, 5);
  if (!isTime(time)) return 'time';
  if (frequency === 'daily' || frequency === 'workdays') return { frequency, time };
  if (frequency === 'weekly') {
    const weekdays = [1, 2, 3, 4, 5, 6, 7].filter((day) => form.getAll('weekdays').includes(String(day)));
    return weekdays.length ? { frequency, time, weekdays } : 'weekdays';
  }
  return { frequency, time, day: readDay(form.get('day') ?? '1') };
}

function readDay(text: string): MonthDay {
  if (text === 'last' || text === 'first_workday' || text === 'last_workday') return text;
  return Math.min(28, Math.max(1, Math.trunc(Number(text)) || 1));
}

function isZone(zone: string): boolean {
  try {
    return zone !== '' && Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

/** `who`, `part` and `language` come once for each row of the form; rows without a name are empty. */
async function readRecipients(form: URLSearchParams, viewer: Viewer) {
  const [who, part, language] = [form.getAll('who'), form.getAll('part'), form.getAll('language')];
  const [people, groups, domains] = await Promise.all([listPeople(), listGroups(viewer), readDomains()]);
  const recipients: Recipient[] = [];
  for (const [at, given] of who.entries()) {
    const name = given.trim();
    if (name === '') continue;
    const common = {
      locale: locales.find((one) => one === language[at]) ?? null,
      part: parts.find((one) => one === part[at]) ?? ('to' as const),
    };
    const group = groups.find(({ title }) => title === name);
    const person = people.find(({ email }) => email.toLowerCase() === name.toLowerCase());
    const domain = name.split('@').at(-1)?.toLowerCase() ?? '';
    if (group) recipients.push({ ...common, email: group.title, group: group.key });
    else if (person) recipients.push({ ...common, email: person.email, user_id: person.id });
    else if (!isAddress(name))
      return { recipients, problem: m.schedules_problem_address({ who: name }, viewer) };
    else if (!domains.includes(domain))
      return { recipients, problem: m.schedules_problem_domain({ who: name }, viewer) };
    else recipients.push({ ...common, email: name, locale: common.locale ?? viewer.locale });
  }
  if (recipients.length === 0) return { recipients, problem: m.schedules_problem_recipients({}, viewer) };
  if (recipients.length > mostRecipients)
    return { recipients, problem: m.schedules_problem_many({}, viewer) };
  return { recipients, problem: null };
}

/** Domains that addresses outside Pulse may be of. */
async function readDomains(): Promise<string[]> {
  const row = await warehouse()<{ key: string; value: unknown }>('core.settings')
    .first('value')
    .where({ key: 'reports.allowed_domains' });
  return Array.isArray(row?.value) ? row.value.map((one) => String(one).toLowerCase()) : [];
}

/** The state of an address without what means nothing to the page. */
export const cleanState = (query: string): string => {
  const { dropped } = parse(new URLSearchParams(query));
  const params = new URLSearchParams(query);
  for (const { key } of dropped) params.delete(key);
  return params.toString();
};
