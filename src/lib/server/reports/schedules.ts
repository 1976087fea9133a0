import type { Knex } from 'knex';
import type { Condition, FileForm, Occasion, Recipient, Workday } from '../../schedules.ts';
import { log } from '../log.ts';
import { warehouse } from '../warehouse.ts';
import { nextOf, readCalendar, type Calendar, type Timed } from './clock.ts';
import { expand } from './recipients.ts';

export type { Recipient } from '../../schedules.ts';

export type Schedule = Timed & {
  id: string;
  title: string;
  /** the page's own name, as in `pageOf` */
  page: string;
  /** query part of the page's address */
  state: string;
  owner_id: string;
  recipients: Recipient[];
  send_when: Occasion;
  condition: Condition | null;
  /** minutes for which late data are waited for */
  fresh_within: number;
  files: FileForm[];
  is_paused: boolean;
  /** its last run is behind */
  is_over: boolean;
  next_run_at: Date | null;
};

export const columns = [
  ...['id', 'title', 'page', 'state', 'owner_id', 'cron', 'workday', 'timezone'],
  ...['recipients', 'send_when', 'condition', 'fresh_within', 'files', 'is_paused', 'is_over', 'next_run_at'],
];

const days = (db: Knex | Knex.Transaction) => [db.raw('starts_on::text'), db.raw('ends_on::text')];

type Needed = Pick<Schedule, 'title' | 'page' | 'state' | 'owner_id' | 'cron' | 'timezone' | 'recipients'>;
export type NewSchedule = Needed & Partial<Omit<Schedule, 'id' | 'is_over' | 'next_run_at'>>;

const defaults = { workday: 'any' as Workday, starts_on: null, ends_on: null };

function toRow(schedule: Partial<NewSchedule>) {
  const { recipients, condition, ...rest } = schedule;
  return {
    ...rest,
    ...(recipients && { recipients: JSON.stringify(recipients) }),
    ...(condition !== undefined && { condition: condition && JSON.stringify(condition) }),
  };
}

/** @throws when the cron line or the zone cannot be read */
export async function add(schedule: NewSchedule, now = new Date()): Promise<Schedule> {
  const next = nextOf({ ...defaults, ...schedule }, now, await readCalendar(now));
  const [added] = await warehouse()('app.schedules')
    .insert({ ...toRow(schedule), next_run_at: next, is_over: next === null })
    .returning<{ id: string }[]>('id');
  const found = await find(added?.id ?? '');
  if (!found) throw new Error('The schedule vanished while it was written');
  return found;
}

/** @throws as `add` */
export async function change(id: string, schedule: NewSchedule, now = new Date()): Promise<void> {
  const next = nextOf({ ...defaults, ...schedule }, now, await readCalendar(now));
  await warehouse()('app.schedules')
    .where({ id })
    .update({ ...toRow(schedule), next_run_at: next, is_over: next === null, updated_at: now });
}

/** What was missed during the pause is not made up for. */
export async function pause(schedule: Schedule, isPaused: boolean, now = new Date()): Promise<void> {
  const next = nextOf(schedule, now, await readCalendar(now));
  await warehouse()('app.schedules')
    .where({ id: schedule.id })
    .update({ is_paused: isPaused, next_run_at: next, is_over: next === null, updated_at: now });
}

export async function remove(id: string): Promise<void> {
  await warehouse()('app.schedules').where({ id }).delete();
}

const isId = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

export async function find(id: string): Promise<Schedule | null> {
  if (!isId(id)) return null;
  const db = warehouse();
  const found = await db('app.schedules')
    .first<Schedule>(...columns, ...days(db))
    .where({ id });
  return found ?? null;
}

export type Listed = Pick<Schedule, 'id' | 'title' | 'page' | 'state' | 'cron' | 'timezone' | 'is_paused'> & {
  workday: Workday;
  is_over: boolean;
  next_run_at: Date | null;
  owner: string;
  recipients: number;
  /** of its last run, null before the first */
  last_run_at: Date | null;
  sent: number;
  failed: number;
  waiting: number;
};

/** @param owner only those of this person; null for all */
export async function list(owner: string | null = null): Promise<Listed[]> {
  const { rows } = await warehouse().raw<{ rows: Listed[] }>(
    `select s.id, s.title, s.page, s.state, s.cron, s.workday, s.timezone, s.is_paused, s.is_over, s.next_run_at,
            u.email as owner, jsonb_array_length(s.recipients) as recipients,
            d.run_at as last_run_at, coalesce(d.sent, 0)::int as sent, coalesce(d.failed, 0)::int as failed,
            coalesce(d.waiting, 0)::int as waiting
       from app.schedules s join app.users u on u.id = s.owner_id
       left join lateral (
         select run_at, count(*) filter (where status = 'sent') as sent, count(*) filter (where status = 'failed') as failed,
                count(*) filter (where status in ('queued', 'rendering')) as waiting
           from app.deliveries where schedule_id = s.id group by run_at order by run_at desc limit 1
       ) d on true
      where cast(:owner as text) is null or s.owner_id = :owner
      order by s.is_over, s.next_run_at nulls last, s.title`,
    { owner },
  );
  return rows;
}

/**
 * Turns every due schedule into one delivery per recipient and sets its next run. Runs missed while nobody was
 * there become one: the next run is counted from now. Workers that look at once pass over each other's rows.
 */
export async function materialise(now = new Date()): Promise<number> {
  return warehouse().transaction(async (trx) => {
    const due: Schedule[] = await trx('app.schedules')
      .select(...columns, ...days(trx))
      .where({ is_paused: false, is_over: false })
      .where((or) => or.whereNull('next_run_at').orWhere('next_run_at', '<=', now))
      .orderBy('next_run_at')
      .limit(100)
      .forUpdate()
      .skipLocked();
    const isWorked = due.length ? await readCalendar(now) : () => true;
    for (const schedule of due) await start(trx, schedule, now, isWorked);
    return due.length;
  });
}

async function start(
  trx: Knex.Transaction,
  schedule: Schedule,
  now: Date,
  isWorked: Calendar,
): Promise<void> {
  const { id, next_run_at, recipients } = schedule;
  try {
    const next = nextOf(schedule, now, isWorked);
    await trx('app.schedules')
      .where({ id })
      .update({ next_run_at: next, is_over: next === null, updated_at: now });
  } catch (error) {
    // Left as it is it would be due for ever.
    log.error({ err: error, schedule: id }, 'A schedule names no time and was paused');
    await trx('app.schedules').where({ id }).update({ is_paused: true, updated_at: now });
    return;
  }
  if (!next_run_at || recipients.length === 0) return;
  const out = await trx<{ recipient: string }>('app.unsubscribed')
    .select('recipient')
    .where({ schedule_id: id } as object);
  const gone = new Set(out.map(({ recipient }) => recipient));
  const wanted = (await expand(trx, recipients)).filter(({ recipient }) => !gone.has(recipient));
  if (wanted.length === 0) return;
  await trx('app.deliveries')
    .insert(wanted.map((one) => ({ ...one, schedule_id: id, run_at: next_run_at, next_attempt_at: now })))
    .onConflict(['schedule_id', 'run_at', 'recipient'])
    .ignore();
}
