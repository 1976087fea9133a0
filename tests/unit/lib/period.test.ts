import { describe, expect, test } from 'vitest';
import {
  bucketsOf,
  compareWith,
  daysIn,
  grainFor,
  isDay,
  monthOf,
  resolve,
  todayIn,
  type ComparisonKind,
  type PeriodChoice,
  type Preset,
} from '#lib/period.ts';

const today = '2026-11-21'; // a Saturday

test.each<[Preset, string, string]>([
  ['today', '2026-11-21', '2026-11-21'],
  ['yesterday', '2026-11-20', '2026-11-20'],
  ['this_week', '2026-11-16', '2026-11-21'],
  ['last_week', '2026-11-09', '2026-11-15'],
  ['this_month', '2026-11-01', '2026-11-21'],
  ['last_month', '2026-10-01', '2026-10-31'],
  ['this_quarter', '2026-10-01', '2026-11-21'],
  ['last_quarter', '2026-07-01', '2026-09-30'],
  ['this_year', '2026-01-01', '2026-11-21'],
  ['last_year', '2025-01-01', '2025-12-31'],
  ['last_7_days', '2026-11-15', '2026-11-21'],
  ['last_30_days', '2026-10-23', '2026-11-21'],
  ['last_90_days', '2026-08-24', '2026-11-21'],
])('%s runs from %s to %s, both days included', (preset, from, to) => {
  expect(resolve({ preset }, today)).toEqual({ from, to });
});

test('all time has no ends', () => {
  expect(resolve({ preset: 'all' }, today)).toBeNull();
  expect(compareWith({ preset: 'all' }, 'previous', today)).toBeNull();
});

test('a week starts on Monday, also on a Sunday and over new year', () => {
  expect(resolve({ preset: 'this_week' }, '2026-11-22')).toEqual({ from: '2026-11-16', to: '2026-11-22' });
  expect(resolve({ preset: 'last_week' }, '2026-01-01')).toEqual({ from: '2025-12-22', to: '2025-12-28' });
});

describe('comparison', () => {
  test.each<[string, PeriodChoice, ComparisonKind, string, string, string]>([
    ['unfinished month', { preset: 'this_month' }, 'previous', today, '2026-10-01', '2026-10-21'],
    [
      'month longer than the one before',
      { preset: 'this_month' },
      'previous',
      '2026-03-30',
      '2026-02-01',
      '2026-02-28',
    ],
    ['whole month', { preset: 'last_month' }, 'previous', today, '2026-09-01', '2026-09-30'],
    [
      'whole months by hand',
      { from: '2026-01-01', to: '2026-02-28' },
      'previous',
      today,
      '2025-11-01',
      '2025-12-31',
    ],
    ['quarter', { preset: 'last_quarter' }, 'previous', today, '2026-04-01', '2026-06-30'],
    ['unfinished quarter', { preset: 'this_quarter' }, 'previous', today, '2026-07-01', '2026-08-21'],
    ['week', { preset: 'last_week' }, 'previous', today, '2026-11-02', '2026-11-08'],
    ['unfinished week', { preset: 'this_week' }, 'previous', today, '2026-11-09', '2026-11-14'],
    ['days', { from: '2026-11-03', to: '2026-11-12' }, 'previous', today, '2026-10-24', '2026-11-02'],
    ['one day', { preset: 'yesterday' }, 'previous', today, '2026-11-19', '2026-11-19'],
    ['year ago', { preset: 'this_month' }, 'last_year', today, '2025-11-01', '2025-11-21'],
    [
      'whole February after a leap one',
      { from: '2025-02-01', to: '2025-02-28' },
      'last_year',
      today,
      '2024-02-01',
      '2024-02-29',
    ],
    ['29 February', { from: '2024-02-29', to: '2024-02-29' }, 'last_year', today, '2023-02-28', '2023-02-28'],
    [
      'week a year ago keeps its weekdays',
      { preset: 'last_week' },
      'last_year',
      today,
      '2025-11-10',
      '2025-11-16',
    ],
  ])('%s', (_, choice, kind, now, from, to) => {
    expect(compareWith(choice, kind, now)).toEqual({ from, to });
  });

  test('none is none', () => expect(compareWith({ preset: 'today' }, 'none', today)).toBeNull());
});

test('the day is that of the reporting zone', () => {
  const at = new Date('2026-11-20T22:30:00Z');
  expect(todayIn('Europe/Moscow', at)).toBe('2026-11-21');
  expect(todayIn('UTC', at)).toBe('2026-11-20');
  expect(todayIn('America/New_York', at)).toBe('2026-11-20');
});

test.each([
  ['2026-11-21', true],
  ['2024-02-29', true],
  ['2025-02-29', false],
  ['2026-13-01', false],
  ['21.11.2026', false],
  ['2026-11-21T00:00', false],
  ["2026-11-21' or 1=1", false],
])('%s is a day: %s', (text, is) => expect(isDay(text)).toBe(is));

test('buckets cover the range and start where Cube starts them', () => {
  expect(bucketsOf({ from: '2026-11-18', to: '2026-11-24' }, 'week')).toEqual(['2026-11-16', '2026-11-23']);
  expect(bucketsOf({ from: '2026-01-31', to: '2026-03-01' }, 'month')).toEqual([
    '2026-01-01',
    '2026-02-01',
    '2026-03-01',
  ]);
  expect(bucketsOf({ from: '2026-03-28', to: '2026-03-30' }, 'day')).toHaveLength(3);
});

test.each([
  ['2026-11-01', '2026-11-30', 'day'],
  ['2026-09-01', '2026-11-30', 'week'],
  ['2026-01-01', '2026-12-31', 'month'],
] as const)('%s to %s is read by %s', (from, to, grain) => {
  expect(grainFor({ from, to })).toBe(grain);
});

test('lengths and months', () => {
  expect(daysIn({ from: '2026-03-01', to: '2026-03-31' })).toBe(31);
  expect(monthOf('2024-02-10')).toEqual({ from: '2024-02-01', to: '2024-02-29' });
});
