import { record } from '../audit.ts';
import { env } from '../env.ts';
import { warehouse } from '../warehouse.ts';
import { addressOf } from './message/link.ts';
import { sign, verify } from './token.ts';

/** Where one recipient leaves one mailing; null where the product has no address. */
export function wayOut(schedule: string, recipient: string): string | null {
  return addressOf(env().origin, `/unsubscribe/${sign('unsubscribe', [schedule, recipient], null)}`);
}

export type Mailing = { schedule: string; recipient: string; title: string; is_out: boolean };

/** What a link is about; null where it holds no more. */
export async function byLink(token: string): Promise<Mailing | null> {
  const [schedule, recipient] = verify('unsubscribe', token) ?? [];
  if (!schedule || !recipient) return null;
  const { rows } = await warehouse().raw<{ rows: Mailing[] }>(
    `select s.id as schedule, cast(:recipient as text) as recipient, s.title, u.recipient is not null as is_out
       from app.schedules s
       left join app.unsubscribed u on u.schedule_id = s.id and u.recipient = :recipient
      where s.id = :schedule`,
    { schedule, recipient },
  );
  return rows[0] ?? null;
}

/** Takes the recipient out, or back in; false where the link holds no more. */
export async function leave(token: string, isBack: boolean, ip_address?: string): Promise<boolean> {
  const found = await byLink(token);
  if (!found) return false;
  const { schedule, recipient } = found;
  const row = { schedule_id: schedule, recipient };
  if (isBack) await warehouse()('app.unsubscribed').where(row).delete();
  else await warehouse()('app.unsubscribed').insert(row).onConflict(['schedule_id', 'recipient']).ignore();
  await record({
    action: isBack ? 'report_subscribed' : 'report_unsubscribed',
    actor: recipient,
    subject: schedule,
    ...(ip_address && { ip_address }),
  });
  return true;
}
