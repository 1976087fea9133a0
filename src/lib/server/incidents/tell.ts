import type { Knex } from 'knex';
import { DateTime } from 'luxon';
import * as viewers from '../viewers.ts';
import { readLimits, type Chosen } from './limits.ts';
import * as posts from './posts.ts';
import { allowed, visible } from './rights.ts';
import * as settings from '../settings.ts';
import { warehouse } from '../warehouse.ts';

type User = { id: string; name: string; email: string; role: string; locale: string };

/** The moment itself, or the end of the quiet hours it falls into. */
export function afterQuiet(now: Date, quiet: Chosen['quiet'], timezone: string): Date {
  if (!quiet || quiet.from === quiet.to) return now;
  const local = DateTime.fromJSDate(now, { zone: timezone });
  const clock = local.toFormat('HH:mm');
  const overnight = quiet.from > quiet.to;
  const isQuiet = overnight
    ? clock >= quiet.from || clock < quiet.to
    : clock >= quiet.from && clock < quiet.to;
  if (!isQuiet) return now;
  const [hour = 0, minute = 0] = quiet.to.split(':').map(Number);
  const end = local.set({ hour, minute, second: 0, millisecond: 0 });
  return (clock >= quiet.to && overnight ? end.plus({ days: 1 }) : end).toJSDate();
}

/** Everybody who gets mail. The made-up address of the first administrator leads nowhere. */
function readUsers(db: Knex | Knex.Transaction): Promise<User[]> {
  return db<User>('app.users')
    .select('id', 'name', 'email', 'role', 'locale')
    .where({ is_disabled: false } as object)
    .andWhereNot('email', viewers.adminEmail);
}

/** Queues one mail about an incident to each person who may see all of it; of a share the digest tells. */
export async function tellOf(
  trx: Knex.Transaction,
  id: string,
  event: 'opened' | 'reminder',
  { chosen, timezone }: { chosen: Chosen; timezone: string },
  now: Date,
  round = 0,
): Promise<void> {
  const at = afterQuiet(now, chosen.quiet, timezone);
  if (event === 'opened' && chosen.webhook) await posts.add(trx, id, at);
  for (const user of await readUsers(trx)) {
    const { sql, values } = allowed(await viewers.of(user));
    await trx.raw(
      `insert into app.deliveries (incident_id, event, round, run_at, recipient, locale, user_id, next_attempt_at)
       select i.id, ?, ?, ?, lower(?), ?, ?, ? from app.incidents i where i.id = ? and ${sql}
       on conflict do nothing`,
      [event, round, now, user.email, user.locale, user.id, at, id, ...values],
    );
  }
}

/** Who was told of it is told of its end; who was not yet hears nothing of either. */
export async function forget(trx: Knex.Transaction, id: string, now: Date): Promise<void> {
  const [{ timezone }, chosen] = await Promise.all([settings.read(), readLimits()]);
  await trx('app.deliveries')
    .where({ incident_id: id, status: 'queued' })
    .whereIn('event', ['opened', 'reminder'])
    .update({ status: 'discarded', error: 'It was over before this could be sent.', next_attempt_at: null });
  await posts.end(trx, id, afterQuiet(now, chosen.quiet, timezone));
  await trx.raw(
    `insert into app.deliveries (incident_id, event, run_at, recipient, locale, user_id, next_attempt_at)
     select incident_id, 'resolved', ?, recipient, locale, user_id, ? from app.deliveries
      where incident_id = ? and event = 'opened' and status in ('sent', 'rendering')
     on conflict do nothing`,
    [now, afterQuiet(now, chosen.quiet, timezone), id],
  );
}

type Due = { id: string; round: number };

/** Reminds of what nobody has acknowledged, and once a day tells of what was too small to be told at once. */
export async function remind(now = new Date()): Promise<void> {
  const [{ timezone }, chosen] = await Promise.all([settings.read(), readLimits()]);
  await warehouse().transaction(async (trx) => {
    const { rows: locks } = await trx.raw<{ rows: { got: boolean }[] }>(
      `select pg_try_advisory_xact_lock(hashtextextended('pulse reminders', 0)) as got`,
    );
    if (!locks[0]?.got) return;
    if (chosen.mail.remind_days > 0) {
      const { rows } = await trx.raw<{ rows: Due[] }>(
        `select i.id, max(d.round) + 1 as round from app.incidents i join app.deliveries d on d.incident_id = i.id
          where i.state = 'open' and i.area <> 'data' and d.event in ('opened', 'reminder') and d.status <> 'discarded'
          group by i.id having max(d.run_at) <= ?::timestamptz - make_interval(days => ?)`,
        [now, chosen.mail.remind_days],
      );
      for (const { id, round } of rows) await tellOf(trx, id, 'reminder', { chosen, timezone }, now, round);
    }
    await digest(trx, chosen, timezone, now);
  });
}

/** The last time that the clock of the company showed the hour of the digest. */
export function digestBefore(now: Date, at: string, timezone: string): Date {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const local = DateTime.fromJSDate(now, { zone: timezone });
  const today = local.set({ hour, minute, second: 0, millisecond: 0 });
  return (today > local ? today.minus({ days: 1 }) : today).toJSDate();
}

/**
 * What opened before the digest and was not told of to this person, neither at once nor by an earlier digest: days have
 * 23 to 25 hours, and a worker may have been away. Asks for the digest's moment twice, the person, the same again.
 */
export const untold = `i.state = 'open' and i.area <> 'data' and i.opened_at <= ? and i.opened_at > ?::timestamptz - interval '7 days'
  and not exists (select from app.deliveries d where d.incident_id = i.id and d.event = 'opened' and d.user_id = ?)
  and not exists (select from app.deliveries d where d.event = 'digest' and d.user_id = ? and d.run_at >= i.opened_at
    and d.run_at < ? and d.status <> 'discarded')`;

/** The values of `untold`. */
export const untoldTo = (user: string, at: Date): Knex.RawBinding[] => [at, at, user, user, at];

async function digest(trx: Knex.Transaction, chosen: Chosen, timezone: string, now: Date): Promise<void> {
  const at = digestBefore(now, chosen.mail.digest_at, timezone);
  // A worker that was away for long does not tell the news of yesterday.
  if (now.getTime() - at.getTime() > 12 * 3_600_000) return;
  for (const user of await readUsers(trx)) {
    const { sql, values } = visible(await viewers.of(user));
    await trx.raw(
      `insert into app.deliveries (event, run_at, recipient, locale, user_id, next_attempt_at)
       select 'digest', ?, lower(?), ?, ?, ?
        where exists (select from app.incidents i where ${sql} and ${untold})
       on conflict do nothing`,
      [
        at,
        user.email,
        user.locale,
        user.id,
        afterQuiet(now, chosen.quiet, timezone),
        ...values,
        ...untoldTo(user.id, at),
      ],
    );
  }
}
