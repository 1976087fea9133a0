import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Block, Figure } from '../../../src/lib/board.ts';
import { define } from '../../../src/lib/metrics.ts';
import { hasData } from '../../../src/lib/server/reports/occasion.ts';
import { makeIncidents, makeKpi, makeLine, makePage } from './page.ts';

const definition = (time: string | null) => ({ time }) as never;
beforeEach(() =>
  define(
    new Map([
      ['sales.won_amount', definition('sales.closed_at')],
      ['sales.stuck', definition(null)],
    ]),
  ),
);
afterEach(() => define(new Map()));

const blank = { title: '', sentence: '', state: 'ok' as const, ignored_filters: [] };
const figure = (metric: string, value: number | null): Figure => ({ ...makeKpi(), metric, value, note: '' });
const figures = (...all: Figure[]): Block => ({ block: 'figures', id: 'sum', figures: all, ...blank });
const table = (...values: (string | number | null)[]): Block => ({
  ...{ block: 'table', id: 't', columns: [], total: null, order: null, hidden: 0, ...blank },
  rows: values.map((value, at) => ({
    id: String(at),
    address: null,
    cells: ['A name', value].map((one) => ({ value: one, href: null, tone: null, share: null, note: '' })),
  })),
});
const has = (...blocks: Block[]) => {
  const section = { id: 'one', title: '', sentence: '', choices: [], blocks };
  const board = { ...makePage(), lead: '', sections: [section] };
  return hasData({ page: 'sales', board, incidents: makeIncidents() });
};
const won = (value: number | null) => figure('sales.won_amount', value);
const stuck = figure('sales.stuck', 349);

test('a page has data when its period has: what stands beside it of now is none', () => {
  expect(has(figures(won(5), won(0), stuck))).toBe(true);
  expect(has(figures(won(0), won(null), stuck), table(39_800_000))).toBe(false);
});

test('a page that is mostly of now has data while there is anything', () => {
  expect(has(figures(won(0), stuck, stuck))).toBe(true);
  expect(has(figures(won(0), figure('sales.stuck', 0), figure('sales.stuck', null)))).toBe(false);
});

test('of a page without figures tables and charts tell, if there is any number', () => {
  expect(has(table(1))).toBe(true);
  expect(has(table(0, null, 'word'))).toBe(false);
  expect(has({ block: 'chart', ...makeLine() })).toBe(true);
  expect(has({ block: 'chart', ...makeLine({ rows: [] }) })).toBe(false);
  expect(has({ block: 'chart', ...makeLine({ state: 'failed' }) })).toBe(false);
});
