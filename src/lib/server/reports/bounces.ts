import { warehouse } from '../warehouse.ts';
import { isOfAddress, oneLine } from './outcome.ts';

/** After so many within the days an address gets nothing until somebody has it sent again. */
export const most = 3;
export const days = 90;

type Notice = { message_id: string; status: string; cause: string };

/**
 * Reads a delivery status notification (RFC 3464) as it came over SMTP; null where it tells of no final failure. Its
 * machine-readable parts are plain text by the standard, so no parser of mails is needed.
 */
export function readNotice(raw: string): Notice | null {
  const text = raw.replace(/\r\n/g, '\n');
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]*(.+(?:\\n[ \\t].+)*)`, 'im').exec(text)?.[1]?.trim() ?? '';
  const status = /^5\.\d{1,3}\.\d{1,3}/.exec(field('Status'))?.[0];
  if (!status || !/^failed\b/i.test(field('Action'))) return null;
  // The notification has a name of its own; ours stands in what it returns.
  const [message_id] = [...text.matchAll(/^Message-ID:\s*(<[0-9a-f]{32}@[^<>\s]+>)/gim)].map(([, id]) => id);
  if (!message_id) return null;
  const said = field('Diagnostic-Code').replace(/^smtp;\s*/i, '');
  return { message_id, status, cause: oneLine(said.includes(status) ? said : `${status} ${said}`) };
}

/**
 * Writes down that a letter that was sent has come back. Whoever knows its Message-ID, which cannot be guessed, has had it
 * in hand. @returns whether it was one of ours
 */
export async function take(raw: string): Promise<boolean> {
  const notice = readNotice(raw);
  if (!notice) return false;
  const { message_id, status, cause } = notice;
  const { rows } = await warehouse().raw<{ rows: { id: string }[] }>(
    `update app.deliveries set status = 'failed', error = ?, closed_at = clock_timestamp()
      where message_id = ? and status = 'sent' returning id`,
    [`The letter came back: ${cause}`, message_id],
  );
  if (rows[0] && isOfAddress(status)) await count(rows[0].id);
  return rows.length > 0;
}

/** Holds a failed delivery against its address, once. */
export async function count(delivery: string): Promise<void> {
  await warehouse().raw(
    `insert into app.bounces (delivery_id, recipient) select id, recipient from app.deliveries where id = ?
     on conflict do nothing`,
    [delivery],
  );
}
