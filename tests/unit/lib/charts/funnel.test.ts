import { expect, test } from 'vitest';
import { heightOf, toOption, type Drawing } from '#lib/charts/option.ts';
import { light } from '#lib/charts/palette.ts';
import { drawSvg } from '#lib/charts/picture.ts';
import { spanOf } from '#lib/charts/scatter.ts';
import type { ChartRow, ChartSpec } from '#lib/page.ts';

const drawing: Drawing = { locale: 'en', currency: 'EUR', palette: light, width: 700, font: 'sans-serif' };
const row = (label: string, ...values: (number | null)[]): ChartRow => ({
  x: label,
  label,
  values,
  href: null,
});
const stages: ChartSpec = {
  kind: 'funnel',
  dimension: 'stage',
  dimension_title: 'Stage',
  series: [
    { key: 'value', title: 'Now', unit: 'count', role: 'main' },
    { key: 'plan', title: 'Reference', unit: 'count', role: 'plan' },
  ],
};

test('each stage says how many came and which share of the stage before', () => {
  const rows = [row('Lead', 200, 200), row('Offer', 50, 120), row('Won', 0, 60)];
  const option = toOption({ spec: stages, rows }, drawing) as {
    yAxis: { data: string[]; inverse: boolean }[];
    xAxis: { min: number; max: number };
    series: { type: string; data: unknown[] }[];
  };
  expect(option.yAxis[1]?.data).toEqual(['200', '50 · 25%', '0 · 0%']);
  expect(option.yAxis.every(({ inverse }) => inverse)).toBe(true);
  expect(option.xAxis.min).toBe(0);
  expect(option.series.map(({ type }) => type)).toEqual(['bar', 'scatter']);
  expect(option.series[1]?.data).toEqual([200, 120, 60]);
  expect(drawSvg({ spec: stages, rows }, drawing)).toContain('50 · 25%');
  expect(heightOf({ spec: stages, rows })).toBe(162);
});

test('a person without one of the two figures has no place but keeps the index', () => {
  const spec: ChartSpec = {
    kind: 'scatter',
    dimension: 'employee',
    dimension_title: 'Employee',
    series: [
      { key: 'score', title: 'Score', unit: 'score', role: 'main' },
      { key: 'won', title: 'Won', unit: 'money', role: 'comparison' },
    ],
  };
  const rows = [row('Ann', 3, 100), row('Bob', null, 50), row('Eve', 4.5, 0)];
  const [series] = toOption({ spec, rows }, drawing).series as {
    data: { value: (number | null)[] }[];
  }[];
  expect(series?.data.map(({ value }) => value)).toEqual([
    [3, 100],
    [null, null],
    [4.5, 0],
  ]);
  expect(drawSvg({ spec, rows }, drawing)).toContain('Eve');
});

test.each<[(number | null)[], number, number]>([
  [[2.4, 4.1], 2, 4.5],
  [[3, 3], 3, 4],
  [[null], 0, 1],
  [[95, 105], 95, 107.5],
])('the axis of %j holds all points without beginning at zero', (values, min, max) => {
  const span = spanOf(values);
  const known = values.filter((value) => value !== null);
  for (const value of known) {
    expect(value).toBeGreaterThanOrEqual(span.min);
    expect(value).toBeLessThanOrEqual(span.max);
  }
  expect([span.min, span.max]).toEqual([min, max]);
});
