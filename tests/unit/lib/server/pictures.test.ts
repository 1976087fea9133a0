import { expect, test } from 'vitest';
import type { Board } from '#lib/board.ts';
import type { ChartBlock } from '#lib/page.ts';
import { onBoard, type Look } from '#lib/server/pictures.ts';

const look = (isDataRequest: boolean, window = 1440): Look => ({
  isDataRequest,
  locals: { screen: { window, page: window } },
});
const chart = (more: Partial<ChartBlock> = {}) => ({
  block: 'chart',
  id: 'parts',
  spec: {
    kind: 'bar',
    dimension: 'team',
    dimension_title: 'Team',
    series: [{ key: 'value', title: 'Won', unit: 'count', role: 'main' }],
  },
  rows: [{ x: 'a', label: 'North', values: [3], href: null }],
  ...more,
});
const boardOf = (...blocks: object[]) =>
  ({ locale: 'en', currency: 'EUR', sections: [{ id: 'one', blocks }] }) as unknown as Board;
const first = (board: Board) => board.sections[0]?.blocks[0] as ChartBlock;

test('data that are asked for by themselves list the picture, those of a document do not', () => {
  const asked = first(onBoard(boardOf(chart()), look(true)));
  expect(JSON.parse(JSON.stringify(asked))).toHaveProperty('svg', expect.stringContaining('North'));
  const document = first(onBoard(boardOf(chart()), look(false)));
  expect(document.svg).toBe(asked.svg);
  expect(JSON.parse(JSON.stringify(document))).not.toHaveProperty('svg');
});

test('each screen gets its own', () => {
  const widths = [390, 1440].map((window) => first(onBoard(boardOf(chart()), look(true, window))).svg);
  expect(widths.map((svg) => /viewBox="0 0 (\d+)/.exec(svg ?? '')?.[1])).toEqual(['328', '1116']);
});

test('what cannot be drawn is empty, so that a table stands in its place', () => {
  const broken = chart({ rows: [{ x: 'a', label: null as unknown as string, values: [3], href: null }] });
  expect(first(onBoard(boardOf(broken), look(false))).svg).toBe('');
});

test('what is no chart, or has nothing to draw, is left alone', () => {
  const board = boardOf({ block: 'table', rows: [] }, chart({ rows: [] }));
  expect(onBoard(board, look(true))).toEqual(board);
});
