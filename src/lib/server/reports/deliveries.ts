import { randomUUID } from 'node:crypto';
import type { Locale } from '../../page.ts';
import { warehouse } from '../warehouse.ts';
import * as bounces from './bounces.ts';
import type { DeliveryStatus, Condition, FileForm, Occasion, Recipient } from '../../schedules.ts';

type Held = {
  id: string;
  run_at: Date;
  recipient: string;
  locale: Locale;
  user_id: string | null;
  attempts: number;
  /** the address has come back too often */
  is_paused: boolean;
  /** changes with every claim: who holds an old one can no longer write */
  locked_by: string;
};

export type ReportDelivery = Held & {
  event: null;
  schedule_id: string;
  title: string;
  page: string;
  state: string;
  owner_id: string;
  recipients: Recipient[];
  send_when: Occasion;
  condition: Condition | null;
  fresh_within: number;
  files: FileForm[];
};
/** A digest is of no single incident; a reminder has a round. */
export type AlarmDelivery = Held & {
  incident_id: string | null;
  event: 'opened' | 'reminder' | 'resolved' | 'digest' | 'failures';
  round: number;
  rule: string | null;
};

/** One mail to one recipient: a report, or word of incidents. */
export type Delivery = ReportDelivery | AlarmDelivery;

/** Minutes to wait after the first, second … failed try; after the last one it is given up. */
const pauses = [1, 5, 15, 60, 180];

export const leaseSeconds = 300;

/**
 * Takes the next delivery that is due. While it is held, `next_attempt_at` is the end of the claim: a worker
 * that was killed leaves a row that is simply due again.
 */
export async function claim(worker: string, lease = leaseSeconds): Promise<Delivery | null> {
  const { rows } = await warehouse().raw<{ rows: Delivery[] }>(
    `with due as (
       select id from app.deliveries
        where status in ('queued', 'rendering') and next_attempt_at <= clock_timestamp()
        order by next_attempt_at, id
        limit 1
          for update skip locked
     ), taken as (
       update app.deliveries d
          set status = 'rendering', attempts = attempts + 1, locked_by = ?, locked_at = clock_timestamp(),
              next_attempt_at = clock_timestamp() + make_interval(secs => ?)
         from due where d.id = due.id
       returning d.*
     )
     select t.id, t.schedule_id, t.incident_id, t.event, t.round, t.run_at, t.recipient, t.locale, t.user_id, t.attempts, t.locked_by,
            s.title, s.page, s.state, s.owner_id, s.recipients,
            s.send_when, s.condition, s.fresh_within, s.files, i.rule,
            (select count(*) from app.bounces b where b.recipient = t.recipient and b.at > now() - make_interval(days => ?)) >= ? as is_paused
       from taken t left join app.schedules s on s.id = t.schedule_id left join app.incidents i on i.id = t.incident_id`,
    [`${worker} ${randomUUID()}`, lease, bounces.days, bounces.most],
  );
  return rows[0] ?? null;
}

type Claimed = Pick<Delivery, 'id' | 'locked_by' | 'attempts'>;

/** Prolongs the claim; false means that somebody else has it now. */
export async function hold({ id, locked_by }: Claimed, lease = leaseSeconds): Promise<boolean> {
  const { rowCount } = await warehouse().raw<{ rowCount: number }>(
    `update app.deliveries set next_attempt_at = clock_timestamp() + make_interval(secs => ?)
      where id = ? and locked_by = ? and status = 'rendering'`,
    [lease, id, locked_by],
  );
  return rowCount === 1;
}

export async function markSent(
  claimed: Claimed,
  messageId: string,
  { answer = '', fingerprint = null }: { answer?: string; fingerprint?: string | null } = {},
): Promise<void> {
  const more = { answer: answer.slice(0, 500), fingerprint };
  await close(claimed, { status: 'sent', message_id: messageId, sent_at: new Date(), error: null, ...more });
}

export async function markFailed(claimed: Claimed, error: string): Promise<void> {
  await close(claimed, { status: 'failed', error });
}

/** Not sent because it should not be: nobody has to repair anything. */
export async function markDiscarded(claimed: Claimed, error: string): Promise<void> {
  await close(claimed, { status: 'discarded', error });
}

export async function retryLater(claimed: Claimed, error: string): Promise<void> {
  const pause = pauses[claimed.attempts - 1];
  if (pause === undefined) return markFailed(claimed, `Given up after ${claimed.attempts} tries. ${error}`);
  await change(claimed, {
    status: 'queued',
    error,
    locked_by: null,
    locked_at: null,
    next_attempt_at: new Date(Date.now() + pause * 60_000),
  });
}

/** Lies until then without having been tried. */
export async function postpone(claimed: Claimed, why: string, until: Date): Promise<void> {
  await change(claimed, {
    status: 'queued',
    error: why,
    attempts: claimed.attempts - 1,
    locked_by: null,
    locked_at: null,
    next_attempt_at: until,
  });
}

/** Gives back what was not begun, as if it had never been taken. */
export async function release(claimed: Claimed): Promise<void> {
  await change(claimed, {
    status: 'queued',
    attempts: claimed.attempts - 1,
    locked_by: null,
    locked_at: null,
    next_attempt_at: new Date(),
  });
}

function close(claimed: Claimed, values: Record<string, unknown>): Promise<void> {
  return change(claimed, {
    ...values,
    next_attempt_at: null,
    locked_by: null,
    locked_at: null,
    closed_at: new Date(),
  });
}

async function change({ id, locked_by }: Claimed, values: Record<string, unknown>): Promise<void> {
  await warehouse()('app.deliveries').where({ id, locked_by, status: 'rendering' }).update(values);
}

export type Run = { run_at: Date; deliveries: Told[] };
export type Told = {
  recipient: string;
  status: DeliveryStatus;
  attempts: number;
  error: string | null;
  next_attempt_at: Date | null;
  sent_at: Date | null;
};

/** What became of the last runs of a schedule, latest first; those in trouble lead. */
export async function history(schedule: string, runs = 10): Promise<Run[]> {
  const { rows } = await warehouse().raw<{ rows: (Told & { run_at: Date })[] }>(
    `select run_at, recipient, status, attempts, error, next_attempt_at, sent_at from app.deliveries
      where schedule_id = :schedule and run_at in (
        select distinct run_at from app.deliveries where schedule_id = :schedule order by run_at desc limit :runs)
      order by run_at desc, array_position('{failed,rendering,queued,discarded,sent}'::text[], status), recipient
      limit 2000`,
    { schedule, runs },
  );
  const found = new Map<number, Run>();
  for (const { run_at, ...one } of rows) {
    const run = found.get(run_at.getTime()) ?? { run_at, deliveries: [] };
    run.deliveries.push(one);
    found.set(run_at.getTime(), run);
  }
  return [...found.values()];
}

export const paused =
  'The address is paused, as letters to it have come back: correct it, or have it sent again.';

/**
 * Queues those of a run that failed once more, under the same names, and forgets what was held against their addresses;
 * how many they are.
 */
export async function sendAgain(schedule: string, runAt: Date): Promise<number> {
  const { rowCount } = await warehouse().raw<{ rowCount: number }>(
    `with again as (
       update app.deliveries set status = 'queued', attempts = 0, next_attempt_at = clock_timestamp(), closed_at = null
        where schedule_id = ? and run_at = ? and (status = 'failed' or status = 'discarded' and error = ?)
       returning id, recipient
     ), forgotten as (
       delete from app.bounces where recipient in (select recipient from again)
     )
     select id from again`,
    [schedule, runAt, paused],
  );
  return rowCount;
}

/** Forgets what nobody asks about any more. */
export async function removeOld(days: number): Promise<number> {
  return warehouse()('app.deliveries')
    .whereIn('status', ['sent', 'failed', 'discarded'])
    .andWhereRaw('created_at < now() - make_interval(days => ?)', [days])
    .delete();
}
