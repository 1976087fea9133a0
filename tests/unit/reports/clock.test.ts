import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { fromLine, toLine, type Rhythm } from '../../../src/lib/schedules.ts';
import { nextRun, nextRuns, type Timed } from '../../../src/lib/server/reports/clock.ts';

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

describe('a year of schedules', () => {
  const zones = ['Europe/Moscow', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
  const holidays = new Set(['2026-01-01', '2026-01-02', '2026-12-31']);
  const isWorked = (day: string) => DateTime.fromISO(day, { zone: 'utc' }).weekday <= 5 && !holidays.has(day);
  const rhythms: [Rhythm, number][] = [
    [{ frequency: 'daily', time: '02:30' }, 365],
    [{ frequency: 'workdays', time: '01:30' }, 258],
    [{ frequency: 'weekly', time: '02:00', weekdays: [1, 7] }, 104],
    [{ frequency: 'monthly', time: '02:30', day: 'first_workday' }, 12],
    [{ frequency: 'monthly', time: '23:59', day: 'last_workday' }, 12],
    [{ frequency: 'monthly', time: '00:00', day: 'last' }, 12],
    [{ frequency: 'quarterly', time: '09:00', day: 'last_workday' }, 4],
    [{ frequency: 'quarterly', time: '09:00', day: 1 }, 4],
  ];
  const year = (rhythm: Rhythm, timezone: string): DateTime[] => {
    const timed: Timed = { ...toLine(rhythm), timezone, starts_on: '2026-01-01', ends_on: '2026-12-31' };
    return nextRuns(timed, new Date('2025-12-01T00:00:00Z'), 1000, isWorked).map((at) =>
      DateTime.fromJSDate(at, { zone: timezone }),
    );
  };

  test.each(zones.flatMap((zone) => rhythms.map(([rhythm, count]) => [zone, rhythm, count] as const)))(
    'in %s: %o runs %i times, each on a day of its own',
    (zone, rhythm, count) => {
      const runs = year(rhythm, zone);
      const days = runs.map((at) => at.toISODate() ?? '');
      expect(days).toHaveLength(count);
      expect(new Set(days).size).toBe(count);
      if (rhythm.frequency === 'workdays') expect(days.filter((day) => !isWorked(day))).toEqual([]);
      if (rhythm.frequency === 'monthly') expect(new Set(runs.map(({ month }) => month)).size).toBe(12);
    },
  );

  test('knows holidays at both ends of a month', () => {
    const of = (day: 'first_workday' | 'last_workday') =>
      year({ frequency: 'monthly', time: '09:00', day }, 'Europe/Moscow').map((at) => at.toISODate());
    expect(of('first_workday').at(0)).toBe('2026-01-05');
    expect(of('last_workday').at(-1)).toBe('2026-12-30');
  });

  test.each(rhythms)('%o is read back from its line', (rhythm) =>
    expect(fromLine(toLine(rhythm))).toEqual(rhythm),
  );

  test('any other line stays a cron line', () =>
    expect(fromLine({ cron: '*/15 9-17 * * 1-5', workday: 'any' })).toEqual({
      frequency: 'cron',
      line: '*/15 9-17 * * 1-5',
    }));
});
