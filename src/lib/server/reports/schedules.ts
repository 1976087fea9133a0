import type { Knex } from 'knex';
import type { Locale } from '../../page.ts';
import { log } from '../log.ts';
import { warehouse } from '../warehouse.ts';
import { nextRun } from './clock.ts';

/** With a `user_id` it gets that person's rows, without one those of the schedule's owner. */
export type Recipient = { email: string; locale: Locale; user_id?: string | null };

export type Schedule = {
  id: string;
  title: string;
  page: string;
  /** query part of the page's address */
  state: string;
  owner_id: string;
  cron: string;
  timezone: string;
  recipients: Recipient[];
  is_paused: boolean;
  next_run_at: Date | null;
};

const columns = [
  'id',
  'title',
  'page',
  'state',
  'owner_id',
  'cron',
  'timezone',
  'recipients',
  'is_paused',
  'next_run_at',
] as const;

export type NewSchedule = Omit<Schedule, 'id' | 'is_paused' | 'next_run_at'>;

/** @throws when the cron line or the zone cannot be read */
export async function add(schedule: NewSchedule, now = new Date()): Promise<Schedule> {
  const row = {
    ...schedule,
    recipients: JSON.stringify(schedule.recipients),
    next_run_at: nextRun(schedule.cron, schedule.timezone, now),
  };
  const [added] = await warehouse()('app.schedules')
    .insert(row)
    .returning([...columns]);
  return added as Schedule;
}

export async function find(id: string): Promise<Schedule | null> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return null;
  return (
    (await warehouse()<Schedule>('app.schedules')
      .first(...columns)
      .where({ id })) ?? null
  );
}

export type Listed = Pick<Schedule, 'id' | 'title' | 'page' | 'state' | 'cron' | 'timezone' | 'is_paused'> & {
  next_run_at: Date | null;
  owner: string;
  recipients: number;
};

export async function list(): Promise<Listed[]> {
  const { rows } = await warehouse().raw<{ rows: Listed[] }>(
    `select s.id, s.title, s.page, s.state, s.cron, s.timezone, s.is_paused, s.next_run_at,
            u.email as owner, jsonb_array_length(s.recipients) as recipients
       from app.schedules s join app.users u on u.id = s.owner_id
      order by s.next_run_at nulls last, s.title`,
  );
  return rows;
}

/**
 * Turns every due schedule into one delivery per recipient and sets its next run. Runs missed while nobody was
 * there become one: the next run is counted from now. Workers that look at once pass over each other's rows.
 */
export async function materialise(now = new Date()): Promise<number> {
  return warehouse().transaction(async (trx) => {
    const due = await trx<Schedule>('app.schedules')
      .select(...columns)
      .where({ is_paused: false })
      .where((or) => or.whereNull('next_run_at').orWhere('next_run_at', '<=', now))
      .orderBy('next_run_at')
      .limit(100)
      .forUpdate()
      .skipLocked();
    for (const schedule of due) await start(trx, schedule, now);
    return due.length;
  });
}

async function start(trx: Knex.Transaction, schedule: Schedule, now: Date): Promise<void> {
  const { id, cron, timezone, next_run_at, recipients } = schedule;
  try {
    const next = nextRun(cron, timezone, now);
    await trx('app.schedules').where({ id }).update({ next_run_at: next, updated_at: now });
  } catch (error) {
    // Left as it is it would be due for ever.
    log.error({ err: error, schedule: id }, 'A schedule names no time and was paused');
    await trx('app.schedules').where({ id }).update({ is_paused: true, updated_at: now });
    return;
  }
  if (!next_run_at || recipients.length === 0) return;
  const { rows } = await trx.raw<{ rows: { id: string; email: string }[] }>(
    'select id, email from app.users where id = any (?)',
    [recipients.flatMap(({ user_id }) => user_id ?? [])],
  );
  const current = new Map(rows.map((user) => [user.id, user.email]));
  const deliveries = new Map<string, object>();
  // Those with rights of their own first: an address that is also named alone must not get the owner's rows.
  for (const { email, locale, user_id = null } of [...recipients].sort(byOwnRights)) {
    const recipient = ((user_id && current.get(user_id)) || email).trim().toLowerCase();
    if (deliveries.has(recipient)) continue;
    deliveries.set(recipient, {
      schedule_id: id,
      run_at: next_run_at,
      recipient,
      locale,
      user_id: user_id && current.has(user_id) ? user_id : null,
      next_attempt_at: now,
    });
  }
  await trx('app.deliveries')
    .insert([...deliveries.values()])
    .onConflict(['schedule_id', 'run_at', 'recipient'])
    .ignore();
}

function byOwnRights(a: Recipient, b: Recipient): number {
  return Number(Boolean(b.user_id)) - Number(Boolean(a.user_id));
}
