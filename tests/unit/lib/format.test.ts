import { describe, expect, test } from 'vitest';
import { formatBucket, formatDay, formatMoment, formatMonth, formatRange } from '#lib/dates.ts';
import {
  formatChange,
  formatCount,
  formatMoney,
  formatMoneyExact,
  formatPercent,
  formatTick,
  formatValue,
  nothing,
  pluralize,
} from '#lib/format.ts';
import type { Unit } from '#lib/page.ts';

const ru = { locale: 'ru', currency: 'RUB' } as const;
const en = { locale: 'en', currency: 'RUB' } as const;
/** Intl separates with several kinds of space; for reading a test one is enough. */
const plain = (text: string) => text.replace(/\s/g, ' ');

test.each<[number | null, string, string]>([
  [1_234_567, '1,2 млн ₽', '₽1.2M'],
  [12_345, '12,3 тыс. ₽', '₽12.3K'],
  [9_999, '9 999 ₽', '₽9,999'],
  [1_000_000_000, '1 млрд ₽', '₽1B'],
  [-1_234_567, '−1,2 млн ₽', '−₽1.2M'],
  [0, '0 ₽', '₽0'],
  [null, '—', '—'],
  [Number.NaN, '—', '—'],
  [Number.POSITIVE_INFINITY, '—', '—'],
])('money %s', (value, russian, english) => {
  expect(plain(formatMoney(value, ru))).toBe(russian);
  expect(plain(formatMoney(value, en))).toBe(english);
});

test('money in full keeps its cents', () => {
  expect(plain(formatMoneyExact(1_234_567.5, ru))).toBe('1 234 567,50 ₽');
  expect(plain(formatMoneyExact(10_005_534, en))).toBe('₽10,005,534');
});

test.each<[number | null, string, string]>([
  [0.256, '25,6 %', '25.6%'],
  [1.5, '150 %', '150%'],
  [-0.3, '−30 %', '−30%'],
  [0, '0 %', '0%'],
  [null, '—', '—'],
])('percent %s', (value, russian, english) => {
  expect(plain(formatPercent(value, 'ru'))).toBe(russian);
  expect(plain(formatPercent(value, 'en'))).toBe(english);
});

describe('change', () => {
  test.each<[number | null, 'relative' | 'difference', Unit, string, string]>([
    [0.123, 'relative', 'money', '+12 %', '+12%'],
    [-0.034, 'relative', 'count', '−3,4 %', '−3.4%'],
    [0, 'relative', 'money', '0 %', '0%'],
    [-0.023, 'difference', 'percent', '−2,3 п. п.', '−2.3 pp'],
    [4, 'difference', 'score', '+4', '+4'],
    [null, 'relative', 'money', '—', '—'],
  ])('%s %s %s', (value, kind, unit, russian, english) => {
    expect(plain(formatChange(value, kind, unit, 'ru'))).toBe(russian);
    expect(plain(formatChange(value, kind, unit, 'en'))).toBe(english);
  });
});

test.each<[number | null, Unit, string, string]>([
  [57, 'days', '57 дн.', '57 days'],
  [3.42, 'hours', '3,4 ч', '3.4 hr'],
  [71.3, 'hours', '2 дн. 23 ч', '2 days 23 hr'],
  [773, 'minutes', '12 ч 53 мин', '12 hr 53 min'],
  [7200, 'minutes', '5 дн.', '5 days'],
  [204, 'seconds', '3 мин 24 с', '3 min 24 sec'],
  [59.4, 'seconds', '59 с', '59 sec'],
  [38.25, 'score', '38,3', '38.3'],
  [12_345, 'count', '12 345', '12,345'],
  [null, 'days', nothing, nothing],
])('%s %s', (value, unit, russian, english) => {
  expect(plain(formatValue(value, unit, ru))).toBe(russian);
  expect(plain(formatValue(value, unit, en))).toBe(english);
});

test('times of an axis are all told in one unit', () => {
  expect(plain(formatTick(150, 'hours', ru))).toBe('150 ч');
  expect(plain(formatTick(0.5, 'percent', ru))).toBe('50 %');
});

test.each([
  [1, '1 сделка'],
  [3, '3 сделки'],
  [5, '5 сделок'],
  [11, '11 сделок'],
  [21, '21 сделка'],
])('%s in Russian plural', (count, expected) => {
  const forms = { one: 'сделка', few: 'сделки', many: 'сделок', other: 'сделки' };
  expect(pluralize(count, forms, 'ru')).toBe(expected);
});

test('counts may have a fraction', () => expect(formatCount(1.25, 'ru', 1)).toBe('1,3'));

test('days and ranges', () => {
  expect(plain(formatDay('2026-11-21', 'ru'))).toBe('21 нояб. 2026');
  expect(plain(formatDay('2026-11-21', 'en'))).toBe('21 Nov 2026');
  expect(plain(formatRange({ from: '2026-11-01', to: '2026-11-21' }, 'ru'))).toBe('1–21 нояб. 2026');
  expect(plain(formatRange({ from: '2025-12-01', to: '2026-11-21' }, 'ru'))).toBe(
    '1 дек. 2025 – 21 нояб. 2026',
  );
  expect(formatMonth('2026-11-01', 'ru')).toBe('ноябрь 2026');
  expect(formatBucket('2026-11-01', 'day', 'en')).toBe('1 Nov');
  // ends like the short word for a year, which is left out
  expect(formatBucket('2026-08-03', 'day', 'ru')).toBe('3 авг');
  expect(plain(formatRange({ from: '2026-08-15', to: '2026-09-03' }, 'ru'))).toBe('15 авг. – 3 сент. 2026');
  expect(formatDay(null, 'ru')).toBe(nothing);
});

test('a moment is told on the company’s clock', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  expect(plain(formatMoment('2026-11-20T21:30:00Z', 'ru', 'Europe/Moscow', now))).toBe('21 нояб., 00:30');
  expect(formatMoment('not a date', 'ru', 'Europe/Moscow', now)).toBe(nothing);
});
