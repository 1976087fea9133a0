import pg from 'pg';
import { pauseAfter } from '../../etl/retry.ts';
import type { Config } from '../../etl/config.ts';
import { writeSources } from '../../etl/settings.ts';
import { nextAfter } from '../lib/timetable.ts';
import { warehouse } from '../lib/server/warehouse.ts';

export type Due = { source: string; cause: 'schedule' | 'retry' };

/**
 * Writes down when each source is loaded next, where that is not known yet or its schedule has changed. What was
 * missed while no worker ran stays due, and is caught up once.
 */
export async function plan(config: Config, warehouseUrl: string, now = new Date()): Promise<void> {
  const client = new pg.Client({ connectionString: warehouseUrl, application_name: 'pulse-worker' });
  await client.connect();
  try {
    await writeSources(client, config);
  } finally {
    await client.end();
  }
  const { timezone } = config.reporting;
  for (const [source, { schedule }] of Object.entries(config.sources)) {
    const due = schedule ? nextAfter(schedule, timezone, now) : null;
    // The line is read on the company's clock: another zone is another schedule.
    const line = schedule ? `${schedule} ${timezone}` : null;
    await warehouse().raw(
      `update ops.sources set due_at = ?, due_line = ?, retry_at = case when schedule is not null then retry_at end
        where source = ? and (due_line is distinct from ? or (due_at is null and schedule is not null))`,
      [due, line, source, line],
    );
  }
}

type Row = { source: string; schedule: string; failures: number; is_due: boolean; was_done: boolean };

/**
 * Takes one source that is due by its schedule or for another try, so that no other worker does. Until its run is
 * over it counts as due again after a pause: what a killed worker has left, another one takes up.
 */
export async function claim(config: Config): Promise<Due | null> {
  return warehouse().transaction(async (trx) => {
    for (;;) {
      const { rows } = await trx.raw<{ rows: Row[] }>(
        `select source, schedule, failures, coalesce(due_at <= clock_timestamp(), false) as is_due,
                retry_at is null and exists (
                  select from ops.runs r where r.source = s.source and r.status = 'succeeded'
                     and r.cause <> 'quarantine' and r.started_at >= s.due_at) as was_done
           from ops.sources s
          where is_configured and schedule is not null and source = any (?)
            and (due_at <= clock_timestamp() or retry_at <= clock_timestamp())
          order by least(due_at, retry_at), source
          limit 1
            for update skip locked`,
        [Object.keys(config.sources)],
      );
      const [row] = rows;
      if (!row) return null;
      const { source, schedule, is_due, was_done } = row;
      const next = nextAfter(schedule, config.reporting.timezone, new Date());
      if (is_due) await trx('ops.sources').where({ source }).update({ due_at: next });
      // Somebody has loaded it by hand since.
      if (is_due && was_done) continue;
      await trx.raw(
        'update ops.sources set retry_at = clock_timestamp() + make_interval(secs => ?) where source = ?',
        [pauseAfter(row.failures + 1, config.loading.retry_minutes) / 1000, source],
      );
      return { source, cause: is_due ? 'schedule' : 'retry' };
    }
  });
}
