import { isStale, staleFrom, type Timed } from '../../timetable.ts';

/** Failures in a row from which on people are told. */
const alarming = 3;

export type Watched = Timed & { failures: number; failing_since: Date | null };

export type Trouble = { kind: 'failing' | 'stale'; since: Date };

/** What people have to be told about a source; a failure or two that Pulse tries to heal by itself is not that. */
export function troubleOf(source: Watched, timezone: string, now: Date): Trouble | null {
  if (source.failures >= alarming) return { kind: 'failing', since: source.failing_since ?? now };
  const from = staleFrom(source, timezone);
  return from && isStale(source, timezone, now) ? { kind: 'stale', since: from } : null;
}
