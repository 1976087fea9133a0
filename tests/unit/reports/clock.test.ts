import { describe, expect, test } from 'vitest';
import { nextRun } from '../../../src/lib/server/reports/clock.ts';

function runsOf(cron: string, timezone: string, from: string, count: number): string[] {
  const runs: string[] = [];
  let at = new Date(from);
  for (let index = 0; index < count; index++) {
    at = nextRun(cron, timezone, at);
    runs.push(at.toISOString().slice(0, 16));
  }
  return runs;
}

describe('a clock that jumps', () => {
  test.each([
    ['30 2 * * *', 'America/New_York', '2026-03-07T12:00:00Z', ['2026-03-08T07:00', '2026-03-09T06:30']],
    ['30 1 * * *', 'America/New_York', '2026-10-31T12:00:00Z', ['2026-11-01T05:30', '2026-11-02T06:30']],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', ['2026-10-25T00:30', '2026-10-26T01:30']],
    ['0 0 * * *', 'Africa/Cairo', '2026-04-23T12:00:00Z', ['2026-04-23T22:00', '2026-04-24T21:00']],
    ['0 9 LW * *', 'Europe/Moscow', '2026-05-01T00:00:00Z', ['2026-05-29T06:00', '2026-06-30T06:00']],
  ])('%s in %s', (cron, zone, from, runs) => expect(runsOf(cron, zone, from, 2)).toEqual(runs));

  test.each(['Europe/Moscow', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
    'gives every day of a year one run in %s',
    (zone) => {
      const runs = runsOf('15 2 * * *', zone, '2025-12-31T12:00:00Z', 365);
      const days = new Set(
        runs.map((run) => new Date(`${run}Z`).toLocaleDateString('sv-SE', { timeZone: zone })),
      );
      expect(days.size).toBe(365);
    },
  );
});

test.each([
  ['61 * * * *', 'UTC'],
  ['* * * * * *', 'UTC'],
  ['0 9 * * *', 'Mars/Olympus'],
  ['0 0 31 2 *', 'UTC'],
])('%s in %s is refused', (cron, zone) => expect(() => nextRun(cron, zone, new Date())).toThrow());
