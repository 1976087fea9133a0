import type { Knex } from 'knex';
import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { formatMoment } from '../../dates.ts';
import * as settings from '../settings.ts';
import { adminEmail } from '../viewers.ts';
import { warehouse } from '../warehouse.ts';
import { tell } from './reasons.ts';
import { troubleOf, type Trouble, type Watched } from './trouble.ts';

/** One cause in `app.incidents` is one source; it has at most one open incident of these rules. */
const rules = { failing: 'source_failing', stale: 'source_stale' } as const;

type Row = Watched & {
  source: string;
  error: string | null;
  is_lasting: boolean;
  last_run_id: number | null;
};
type Open = { id: string; rule: string; cause: string };

async function readSources(db: Knex | Knex.Transaction): Promise<Row[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select source, schedule, fresh_at, stale_after_s, failures, failing_since, error, is_lasting, last_run_id
       from ops.sources where is_configured order by source`,
  );
  return rows;
}

/**
 * Opens an incident for each source that got into trouble and closes those of sources that are out of it; either
 * queues one mail to each administrator. However many workers watch, one at a time does.
 */
export async function watch(now = new Date()): Promise<void> {
  const { timezone } = await settings.read();
  await warehouse().transaction(async (trx) => {
    const { rows: locks } = await trx.raw<{ rows: { got: boolean }[] }>(
      `select pg_try_advisory_xact_lock(hashtextextended('pulse alarms', 0)) as got`,
    );
    if (!locks[0]?.got) return;
    const open = await trx<Open>('app.incidents')
      .select('id', 'rule', 'cause')
      .whereIn('rule', Object.values(rules))
      .whereNot('state' as 'rule', 'resolved');
    const sources = await readSources(trx);
    for (const source of sources) {
      const trouble = troubleOf(source, timezone, now);
      const incident = open.find(({ cause }) => cause === source.source);
      if (trouble && !incident) await begin(trx, source, trouble, now);
      else if (trouble && incident)
        await trx('app.incidents').where({ id: incident.id }).update({ seen_at: now });
      else if (incident) await end(trx, incident.id, now);
    }
    for (const { id } of open.filter(({ cause }) => !sources.some(({ source }) => source === cause)))
      await trx('app.incidents').where({ id }).update({ state: 'resolved', resolved_at: now });
  });
}

async function begin(trx: Knex.Transaction, source: Row, { kind, since }: Trouble, now: Date): Promise<void> {
  const { failures, error, is_lasting, fresh_at } = source;
  const [incident] = await trx('app.incidents')
    .insert({
      rule: rules[kind],
      cause: source.source,
      opened_at: since,
      seen_at: now,
      details: JSON.stringify({ failures, error, is_lasting, as_of: fresh_at, run_id: source.last_run_id }),
    })
    .returning<{ id: string }[]>('id');
  // The made-up address of the first administrator leads nowhere.
  await trx.raw(
    `insert into app.deliveries (incident_id, event, run_at, recipient, locale, user_id, next_attempt_at)
     select ?, 'opened', ?, lower(email), locale, id, ? from app.users
      where role = 'admin' and not is_disabled and email <> ?`,
    [incident?.id ?? '', now, now, adminEmail],
  );
}

/** Who was told of it is told of its end; who was not yet hears nothing of either. */
async function end(trx: Knex.Transaction, id: string, now: Date): Promise<void> {
  await trx('app.incidents').where({ id }).update({ state: 'resolved', resolved_at: now });
  await trx('app.deliveries')
    .where({ incident_id: id, event: 'opened', status: 'queued' })
    .update({ status: 'discarded', error: 'It was over before this could be sent.', next_attempt_at: null });
  await trx.raw(
    `insert into app.deliveries (incident_id, event, run_at, recipient, locale, user_id, next_attempt_at)
     select incident_id, 'resolved', ?, recipient, locale, user_id, ? from app.deliveries
      where incident_id = ? and event = 'opened' and status in ('sent', 'rendering')`,
    [now, now, id],
  );
}

export type Notice = { source: string; kind: Trouble['kind']; text: string };

/** What every page tells those who may see the state of the data; true whether or not a worker is there. */
export async function notices(locale: Locale, now = new Date()): Promise<Notice[]> {
  const [{ timezone }, sources] = await Promise.all([settings.read(), readSources(warehouse())]);
  return sources.flatMap((row) => {
    const trouble = troubleOf(row, timezone, now);
    if (!trouble) return [];
    const text = [title(trouble.kind, row.source, locale), visible(row.fresh_at, locale, timezone)].join(
      '. ',
    );
    return [{ source: row.source, kind: trouble.kind, text }];
  });
}

export function title(kind: Trouble['kind'], source: string, locale: Locale): string {
  return kind === 'failing'
    ? m.alarm_failing_title({ source }, { locale })
    : m.alarm_stale_title({ source }, { locale });
}

/** What stays to be seen while the source is away. */
export function visible(asOf: Date | null, locale: Locale, timezone: string): string {
  if (!asOf) return m.alarm_visible_none({}, { locale });
  return m.alarm_visible({ moment: formatMoment(asOf.toISOString(), locale, timezone) }, { locale });
}

/** The cause in words, without a full stop of its own. */
export function cause(error: string, locale: Locale): string {
  return m.alarm_reason({ reason: tell(error, locale).replace(/[.\s]+$/, '') }, { locale });
}
