import { Cron } from 'croner';

/**
 * When a source is loaded next and when its data are stale: the one rule for pages, mails, alarms and commands.
 */
const hour = 3_600_000;

/** The next moment that a source's cron line names after another; null when it cannot be read or never comes. */
export function nextAfter(line: string, timezone: string, after: Date): Date | null {
  try {
    return new Cron(line, { timezone, paused: true }).nextRun(after);
  } catch {
    return null;
  }
}

export type Timed = {
  schedule: string | null;
  /** the end of the last load that succeeded */
  fresh_at: Date | null;
  /** seconds after which the company calls its data stale, whatever the schedule */
  stale_after_s: number | null;
};

/**
 * The moment from which the data of a source are stale: `stale_after`, where it is set; else the run that follows the
 * last success is overdue by one more period of the schedule, and by an hour at least. A source that is loaded by
 * hand has no such moment, nor has one that was never loaded.
 */
export function staleFrom({ schedule, fresh_at, stale_after_s }: Timed, timezone: string): Date | null {
  if (!fresh_at) return null;
  if (stale_after_s !== null) return new Date(fresh_at.getTime() + stale_after_s * 1000);
  const due = schedule && nextAfter(schedule, timezone, fresh_at);
  if (!due) return null;
  const following = nextAfter(schedule, timezone, due);
  const period = following ? following.getTime() - due.getTime() : 0;
  return new Date(due.getTime() + Math.max(period, hour));
}

export function isStale(source: Timed, timezone: string, now: Date): boolean {
  const from = staleFrom(source, timezone);
  return from !== null && from <= now;
}
