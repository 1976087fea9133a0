import { pageOf } from '../../exports.ts';
import { names } from '../../metrics.ts';
import { fromLine } from '../../schedules.ts';
import { parse, print } from '../../state.ts';
import type { Viewer } from '../../viewer.ts';
import { longestTitle } from '../../views.ts';
import { metricTitle } from '../../words.ts';
import { record } from '../audit.ts';
import * as catalogue from '../catalogue.ts';
import { describe, pageTitle, questionOf } from '../naming.ts';
import * as settings from '../settings.ts';
import * as viewers from '../viewers.ts';
import * as views from '../views.ts';
import { warehouse } from '../warehouse.ts';
import { tell } from './causes.ts';
import { nextRuns, readCalendar } from './clock.ts';
import * as deliveries from './deliveries.ts';
import { cleanState, readForm, type Read } from './form.ts';
import { toHtml } from './file.ts';
import { MailProblem } from './mail.ts';
import { Unknown } from './orders.ts';
import * as orders from './orders.ts';
import { hasRows, noRows } from './failures.ts';
import { covers, listCovered, listGroups, listPeople } from './people.ts';
import { make, ReportProblem } from './report.ts';
import * as schedules from './schedules.ts';
import type { Schedule } from './schedules.ts';

/** Own schedules; administrators look after all. */
export async function overview(viewer: Viewer) {
  const { timezone } = await settings.read();
  const all = await schedules.list(viewer.role === 'admin' ? null : viewer.user_id);
  return { timezone, schedules: all.map((one) => ({ ...one, name: pageTitle(one.page, viewer) })) };
}

/** A schedule that this viewer may change; null where there is none. */
export async function find(viewer: Viewer, id: string): Promise<Schedule | null> {
  const found = await schedules.find(id);
  return found && (viewer.role === 'admin' || found.owner_id === viewer.user_id) ? found : null;
}

/** What the form offers to choose from. */
export async function choices(viewer: Viewer) {
  const [people, groups] = await Promise.all([
    listPeople(),
    listGroups(viewer),
    catalogue.read().catch(() => null),
  ]);
  const metrics = names.map((name) => ({ name, title: metricTitle(name, viewer.locale) }));
  return { people, groups, metrics, timezones: Intl.supportedValuesOf('timeZone') };
}

/** An empty form for a page, named as a view that shows the same: each working morning, to oneself. */
export async function blank(viewer: Viewer, pathname: string, query: string) {
  const page = pageOf(pathname);
  const state = cleanState(query);
  const [{ timezone }, saved] = await Promise.all([
    settings.read(),
    views.list(viewer),
    // where it cannot be read, metrics are called by their names
    catalogue.read().catch(() => null),
  ]);
  const view = saved.find(({ target }) => isSamePlace(target, `${pathname}?${state}`));
  return (
    page && {
      title: view?.title ?? (clip(questionOf(page, state, viewer)) || pageTitle(page, viewer)),
      page,
      ...describe(page, state, viewer),
      state,
      rhythm: fromLine({ cron: '0 9 * * *', workday: 'every' }),
      timezone,
      recipients: [{ email: viewer.email, locale: null, part: 'to' as const }],
    }
  );
}

const clip = (title: string) =>
  [...title].length > longestTitle ? `${[...title].slice(0, longestTitle - 1).join('')}…` : title;

function isSamePlace(one: string, other: string): boolean {
  const [a, b] = [one, other].map((address) => {
    const { pathname, searchParams } = new URL(address, 'http://pulse');
    return `${pathname}?${print(parse(searchParams).state)}`;
  });
  return a === b;
}

/** All that the page of one schedule shows. */
export async function open(viewer: Viewer, schedule: Schedule, now = new Date()) {
  const [offered, runs, covered, out, isWorked] = await Promise.all([
    choices(viewer),
    deliveries.history(schedule.id),
    listCovered(viewer),
    warehouse()<{ recipient: string }>('app.unsubscribed').where({ schedule_id: schedule.id } as object),
    readCalendar(now),
  ]);
  const { is_paused, is_over } = schedule;
  const next = is_paused || is_over ? [] : nextRuns(schedule, now, 5, isWorked);
  const shown = {
    ...schedule,
    ...describe(schedule.page, schedule.state, viewer),
    rhythm: fromLine(schedule),
  };
  return {
    choices: offered,
    schedule: shown,
    runs: runs.map(({ run_at, deliveries: all }) => ({
      run_at,
      deliveries: all.map((one) => toldTo(viewer, one)),
    })),
    covered,
    next,
    out: out.map(({ recipient }) => recipient),
  };
}

const toldTo = ({ locale }: Viewer, one: deliveries.Told) => ({
  ...one,
  error: one.error && tell(one.error, locale),
  /** a person can have it sent again */
  is_missed: one.status === 'failed' || one.error === deliveries.paused,
});

/** Saves what the form says, as a new schedule or over the given one. */
export async function save(
  viewer: Viewer,
  form: URLSearchParams,
  old: Schedule | null,
): Promise<Read & { id?: string }> {
  const read = await readForm(form, viewer);
  if ('problems' in read) return read;
  const schedule = { ...read.schedule, owner_id: old?.owner_id ?? viewer.user_id };
  const id = old?.id ?? (await schedules.add(schedule)).id;
  if (old) await schedules.change(old.id, schedule);
  await note(viewer, 'report_saved', id, { title: schedule.title, recipients: schedule.recipients.length });
  return { ...read, id };
}

export async function pause(viewer: Viewer, schedule: Schedule): Promise<void> {
  await schedules.pause(schedule, !schedule.is_paused);
  await note(viewer, 'report_paused', schedule.id, { is_paused: !schedule.is_paused });
}

export async function remove(viewer: Viewer, schedule: Schedule): Promise<void> {
  await schedules.remove(schedule.id);
  await note(viewer, 'report_removed', schedule.id, { title: schedule.title });
}

export async function sendAgain(viewer: Viewer, schedule: Schedule, runAt: Date): Promise<number> {
  const count = await deliveries.sendAgain(schedule.id, runAt);
  await note(viewer, 'report_sent', schedule.id, { again: count });
  return count;
}

/** One mail to whoever asks, with their own rows; null when it went, else why not. */
export async function sendNow(viewer: Viewer, { id }: Schedule): Promise<string | null> {
  await note(viewer, 'report_sent', id, { to: viewer.email });
  try {
    const [sent] = await orders.send({
      what: id,
      as: viewer.email,
      locale: viewer.locale,
      to: [viewer.email],
    });
    return sent?.error ? tell(sent.error, viewer.locale) : null;
  } catch (error) {
    return tell(expected(error), viewer.locale);
  }
}

/** The mail as a page of its own; a sentence when there is none, null when the viewer may not see those rows. */
export async function preview(viewer: Viewer, schedule: Schedule, as: string, locale: 'ru' | 'en' | null) {
  const reader = as ? await viewers.find(as) : viewer;
  if (!reader || !(await covers(viewer, reader))) return null;
  await note(viewer, 'report_previewed', schedule.id, { as: reader.email });
  if (!hasRows(reader)) return { problem: tell(noRows, viewer.locale) };
  try {
    return { html: toHtml(await make(schedule, { ...reader, locale: locale ?? reader.locale })) };
  } catch (error) {
    return { problem: tell(expected(error), viewer.locale) };
  }
}

function expected(error: unknown): string {
  if ([MailProblem, ReportProblem, Unknown].some((kind) => error instanceof kind))
    return (error as Error).message;
  throw error;
}

function note(
  viewer: Viewer,
  action: Parameters<typeof record>[0]['action'],
  subject: string,
  details: object,
) {
  return record({ action, subject, user_id: viewer.user_id, actor: viewer.email, details: { ...details } });
}
