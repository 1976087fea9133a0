import type { Knex } from 'knex';
import { formatMoment } from '../../dates.ts';
import type { Style } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { env } from '../env.ts';
import { cleanLine } from '../reports/message/html.ts';
import { factsOf } from '../reports/message/incidents.ts';
import { addressOf } from '../reports/message/link.ts';
import * as settings from '../settings.ts';
import { warehouse } from '../warehouse.ts';
import { watcher } from './board.ts';
import { read, toLine } from './kept.ts';

/** A message to the channel that is due; `attempts` tells this claim from a later one. */
export type Post = { incident_id: string; event: 'opened' | 'resolved'; attempts: number };

/** Minutes to wait after the first, second … failed try; after the last one it is given up. */
const pauses = [1, 5, 15, 60, 180];
const leaseMinutes = 5;

export async function add(trx: Knex.Transaction, id: string, at: Date): Promise<void> {
  await trx.raw(
    `insert into app.incident_posts (incident_id, event, next_attempt_at) values (?, 'opened', ?) on conflict do nothing`,
    [id, at],
  );
}

/** A channel that was told of it is told of its end; one that was not yet hears nothing of either. */
export async function end(trx: Knex.Transaction, id: string, at: Date): Promise<void> {
  await trx.raw(
    `insert into app.incident_posts (incident_id, event, next_attempt_at)
     select incident_id, 'resolved', ? from app.incident_posts
      where incident_id = ? and event = 'opened' and (status = 'sent' or status = 'queued' and attempts > 0)
     on conflict do nothing`,
    [at, id],
  );
  await trx('app.incident_posts')
    .where({ incident_id: id, event: 'opened', status: 'queued' })
    .update({ status: 'discarded', error: 'It was over before this could be sent.', next_attempt_at: null });
}

/** Takes the next one that is due. However many workers ask, each is given to one. */
export async function claim(now = new Date()): Promise<Post | null> {
  const { rows } = await warehouse().raw<{ rows: Post[] }>(
    `with due as (
       select incident_id, event from app.incident_posts where status = 'queued' and next_attempt_at <= ?
        order by next_attempt_at, event limit 1 for update skip locked
     )
     update app.incident_posts p
        set attempts = p.attempts + 1, next_attempt_at = ?::timestamptz + make_interval(mins => ?)
       from due where (p.incident_id, p.event) = (due.incident_id, due.event)
     returning p.incident_id, p.event, p.attempts`,
    [now, now, leaseMinutes],
  );
  return rows[0] ?? null;
}

export const markSent = (post: Post): Promise<void> =>
  change(post, { status: 'sent', sent_at: new Date(), next_attempt_at: null, error: null });

export const markDiscarded = (post: Post, error: string): Promise<void> =>
  change(post, { status: 'discarded', next_attempt_at: null, error });

/** @param isLasting whether another try would come to the same */
export async function retryLater(
  post: Post,
  error: string,
  isLasting: boolean,
  now = new Date(),
): Promise<void> {
  const pause = pauses[post.attempts - 1];
  if (isLasting || pause === undefined)
    return change(post, { status: 'failed', next_attempt_at: null, error });
  return change(post, { next_attempt_at: new Date(now.getTime() + pause * 60_000), error });
}

async function change({ incident_id, event, attempts }: Post, values: Record<string, unknown>) {
  await warehouse()('app.incident_posts')
    .where({ incident_id, event, attempts, status: 'queued' })
    .update(values);
}

/** What the channel is told, in the language of the company's reports; null when there is nothing to tell any more. */
export async function compose({
  incident_id,
  event,
}: Pick<Post, 'incident_id' | 'event'>): Promise<string | null> {
  const [{ currency, timezone }, locale, [kept]] = await Promise.all([
    settings.read(),
    language(),
    read(watcher, 'i.id = ?', [incident_id]),
  ]);
  if (!kept || (event === 'opened' && kept.state === 'resolved')) return null;
  const style: Style = { locale, currency };
  const one = toLine(kept, style);
  const base = env().origin;
  if (event === 'resolved') {
    const at = (kept.resolved_at ?? new Date()).toISOString();
    const moment = formatMoment(at, locale, timezone);
    return [
      m.incidents_mail_resolved({ title: one.title }, style),
      m.incidents_mail_resolved_lead({ moment }, style),
    ]
      .map(plain)
      .join('\n');
  }
  const said = [one.title, [one.sentence, ...one.why].join(' '), factsOf(one, style)].map(plain);
  return [...said, ...[addressOf(base, one.href) ?? []].flat()].join('\n');
}

async function language(): Promise<Style['locale']> {
  const row = await warehouse()<{ key: string; value: unknown }>('core.settings')
    .first('value')
    .where({ key: 'reporting.language' });
  return row?.value === 'ru' ? 'ru' : 'en';
}

const markup: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '@': '@\u200b',
  ']': ']\u200b',
};

/** Names are text there too: they call nobody (`@channel`, `<!here>`) and hide no link behind words. */
export function plain(text: string): string {
  return cleanLine(text, 2000).replace(/[&<>@\]]/g, (sign) => markup[sign] ?? sign);
}
