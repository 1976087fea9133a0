import { expect, test } from 'vitest';
import { isStale, nextAfter, staleFrom } from '#lib/timetable.ts';

const zone = 'Europe/Moscow';

// Each of these was loaded at fresh; from the last moment on its data are stale.
test.each([
  [
    'every 15 minutes, an hour at least',
    '*/15 * * * *',
    null,
    '2026-11-20T10:02:00Z',
    '2026-11-20T11:15:00Z',
  ],
  ['every hour', '5 * * * *', null, '2026-11-20T10:06:00Z', '2026-11-20T12:05:00Z'],
  ['daily at 4 in Moscow', '0 4 * * *', null, '2026-11-20T01:03:00Z', '2026-11-22T01:00:00Z'],
  ['on workdays, loaded on Friday', '0 9 * * 1-5', null, '2026-11-20T06:01:00Z', '2026-11-24T06:00:00Z'],
  ['weekly', '0 6 * * 1', null, '2026-11-16T03:05:00Z', '2026-11-30T03:00:00Z'],
  ['the company says when', '0 6 * * 1', 3600, '2026-11-16T03:05:00Z', '2026-11-16T04:05:00Z'],
  ['by hand, and the company says when', null, 86_400, '2026-11-16T03:05:00Z', '2026-11-17T03:05:00Z'],
  ['by hand', null, null, '2020-01-01T00:00:00Z', null],
  ['never loaded', '0 4 * * *', null, null, null],
  ['a line nobody can read', 'now and then', null, '2020-01-01T00:00:00Z', null],
])('%s', (_, schedule, stale_after_s, fresh, from) => {
  const source = { schedule, stale_after_s, fresh_at: fresh ? new Date(fresh) : null };
  expect(staleFrom(source, zone)?.toISOString().replace('.000', '') ?? null).toBe(from);
  if (!from) return expect(isStale(source, zone, new Date('2100-01-01'))).toBe(false);
  const at = new Date(from).getTime();
  expect([at - 1, at].map((moment) => isStale(source, zone, new Date(moment)))).toEqual([false, true]);
});

test('a clock that goes back neither skips nor repeats a daily load', () => {
  const after = new Date('2026-10-24T22:00:00Z');
  expect(nextAfter('30 2 * * *', 'Europe/Berlin', after)?.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  expect(nextAfter('30 2 * * *', 'Europe/Berlin', new Date('2026-10-25T00:30:00Z'))?.toISOString()).toBe(
    '2026-10-26T01:30:00.000Z',
  );
});
