import { describe, expect, test } from 'vitest';
import { heightOf, toOption, type Drawing } from '#lib/charts/option.ts';
import { light } from '#lib/charts/palette.ts';
import { drawSvg } from '#lib/charts/picture.ts';
import { fold } from '#lib/charts/fold.ts';
import { lonely, scaleFor } from '#lib/charts/scale.ts';
import { sparkOf } from '#lib/charts/spark.ts';
import { tipOf } from '#lib/charts/tip.ts';
import type { ChartRow, ChartSpec } from '#lib/page.ts';

const drawing: Drawing = { locale: 'en', currency: 'EUR', palette: light, width: 600, font: 'sans-serif' };
const spec: ChartSpec = {
  kind: 'line',
  grain: 'day',
  series: [
    { key: 'value', title: 'Won', unit: 'money', role: 'main' },
    { key: 'before', title: 'Before', unit: 'money', role: 'comparison' },
  ],
};
const row = (label: string, ...values: (number | null)[]): ChartRow => ({
  x: label,
  label,
  values,
  href: null,
});

describe('axis', () => {
  test.each<[(number | null)[], number, number, number]>([
    [[3, 7, 12], 0, 15, 5],
    [[120, 980], 0, 1000, 250],
    [[-40, 55], -50, 75, 25],
    [[0, 0], 0, 1, 1],
    [[null], 0, 1, 1],
    [[0.1, 0.3], 0, 0.3, 0.1],
    [[-5], -6, 0, 2],
  ])('%j', (values, min, max, step) => {
    expect(scaleFor(values)).toEqual({ min, max, step });
  });

  test('a value between two gaps gets a dot', () => {
    expect(lonely([1, null, 2, null, 3, 4])).toEqual([true, false, true, false, false, false]);
  });
});

test('a gap stays a gap and is not joined', () => {
  const option = toOption({ spec, rows: [row('a', 1, 1), row('b', null, 2), row('c', 3, 3)] }, drawing);
  const [main] = option.series as { data: { value: number | null }[]; connectNulls: boolean }[];
  expect(main?.data.map((point) => point.value)).toEqual([1, null, 3]);
  expect(main?.connectNulls).toBe(false);
});

test('a hostile name is drawn as its own letters', () => {
  const name = '<img src=x onerror=alert(1)>';
  const bars: ChartSpec = {
    kind: 'bar',
    dimension: 'team',
    dimension_title: 'Team',
    series: [spec.series[0]!],
  };
  const svg = drawSvg({ spec: bars, rows: [row(name, 5)] }, { ...drawing, width: 900 });
  expect(svg).not.toContain('<img');
  expect(svg).toContain('&lt;img');
});

test('the picture is the same twice and holds the axis', () => {
  const block = { spec, rows: [row('1 Nov', 500_000, 400_000), row('2 Nov', 1_200_000, null)] };
  const svg = drawSvg(block, drawing);
  expect(svg).toContain('€1.5M');
  expect(svg).toContain('2 Nov');
  expect(
    heightOf({ spec: { kind: 'bar', dimension: 'a', dimension_title: 'A', series: [] }, rows: [] }),
  ).toBe(80);
});

test('a tip names both values and the change', () => {
  expect(tipOf({ spec, rows: [row('1 Nov', 150, 100)] }, 0, drawing)).toEqual({
    title: '1 Nov',
    lines: [
      { role: 'main', title: 'Won', value: '€150' },
      { role: 'comparison', title: 'Before', value: '€100' },
    ],
    change: '+50%',
  });
  expect(tipOf({ spec, rows: [row('1 Nov', 150, 0)] }, 0, drawing)?.change).toBe('');
  expect(tipOf({ spec, rows: [] }, 0, drawing)).toBeNull();
});

test.each([
  ['Москва', 14, 'Москва'],
  ['Отдел продаж «Москва»', 14, 'Отдел продаж\n«Москва»'],
  ['Отдел продаж «Урал и Сибирь»', 14, 'Отдел продаж «\nУрал и Сибирь»'],
  ['Выставки и партнёрские мероприятия', 13, 'Выставки и п…\nмероприятия'],
  ['Extraordinarilylongword', 14, 'Extraordinaril\nylongword'],
])('a long name is folded: %s', (name, perLine, expected) => {
  expect(fold(name, perLine)).toBe(expected);
});

describe('sparkline', () => {
  const points = (...values: (number | null)[]) => values.map((value, at) => ({ at: String(at), value }));

  test('breaks at gaps and marks what stands alone', () => {
    const spark = sparkOf(points(1, 2, null, 3), 32, 12);
    expect(spark.lines).toHaveLength(1);
    expect(spark.dots).toHaveLength(1);
    expect(spark.last).toEqual(spark.dots[0]);
  });

  test('a flat line runs in the middle', () =>
    expect(sparkOf(points(5, 5), 12, 12).lines).toEqual(['2,6 10,6']));
  test('nothing gives nothing', () =>
    expect(sparkOf(points(null), 10, 10)).toEqual({ lines: [], dots: [], last: null }));
});
