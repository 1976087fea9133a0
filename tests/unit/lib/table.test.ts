import { expect, test } from 'vitest';
import type { Row, TableBlock } from '#lib/board.ts';
import { firstRows, nextSort, sortingOf, sortRows } from '#lib/table.ts';

const cell = (value: string | number | null) => ({ value, href: null, tone: null, share: null, note: '' });
const table = {
  block: 'table',
  id: 'people',
  columns: [
    { key: 'name', title: 'Name', about: '', kind: 'text' },
    { key: 'won', title: 'Won', about: '', kind: 'count' },
  ],
  rows: (
    [
      ['Ёлкин', 2],
      ['Зуева', null],
      ['Егоров', 10],
      ['Жданов', -1],
    ] as const
  ).map(([name, won]) => ({ id: name, address: null, cells: [cell(name), cell(won)] })),
  order: '-won',
} as unknown as TableBlock;
const names = (sort: string | null) =>
  sortRows(table, sortingOf(table, sort), 'ru').map((row) => row.cells[0]?.value);

test.each<[string | null, string[]]>([
  ['-people.won', ['Егоров', 'Ёлкин', 'Жданов', 'Зуева']],
  ['people.won', ['Жданов', 'Ёлкин', 'Егоров', 'Зуева']],
  ['people.name', ['Егоров', 'Ёлкин', 'Жданов', 'Зуева']],
  ['-people.name', ['Зуева', 'Жданов', 'Ёлкин', 'Егоров']],
  [null, ['Егоров', 'Ёлкин', 'Жданов', 'Зуева']],
  ['others.name', ['Егоров', 'Ёлкин', 'Жданов', 'Зуева']],
  ['people.salary', ['Егоров', 'Ёлкин', 'Жданов', 'Зуева']],
])('sorted by %s, what is unknown stays below', (sort, expected) => {
  expect(names(sort)).toEqual(expected);
});

test('a second click turns the order, names begin with A and figures with the largest', () => {
  expect(nextSort(table, 'name', null)).toBe('people.name');
  expect(nextSort(table, 'won', null)).toBe('-people.won');
  expect(nextSort(table, 'won', { key: 'won', isDescending: true })).toBe('people.won');
});

test('parts of a tree are sorted among themselves, below what they are part of', () => {
  const rows = (
    [
      ['Яндекс', 0, 10],
      ['поиск', 1, 3],
      ['бренд', 2, 1],
      ['насосы', 2, 2],
      ['сети', 1, 7],
      ['VK', 0, 20],
      ['лиды', 1, 20],
    ] as const
  ).map(([name, depth, won]) => ({
    id: name,
    address: null,
    cells: [cell(name), cell(won)],
    branch: { depth, is_open: true, toggle: null },
  }));
  const sort = (key: string) => sortRows({ ...table, rows }, sortingOf(table, key), 'ru').map(({ id }) => id);
  expect(sort('-people.won')).toEqual(['VK', 'лиды', 'Яндекс', 'сети', 'поиск', 'насосы', 'бренд']);
  expect(sort('people.won')).toEqual(['Яндекс', 'поиск', 'бренд', 'насосы', 'сети', 'VK', 'лиды']);
});

test('a long table shows its first rows, and never a part of a tree without the rest', () => {
  const row = (depth: number) => ({ branch: { depth, is_open: true, toggle: null } }) as unknown as Row;
  const rows = (count: number, depth = 0) => Array.from({ length: count }, () => row(depth));
  expect(firstRows(rows(60))).toHaveLength(60);
  expect(firstRows(rows(61))).toHaveLength(50);
  expect(firstRows([...rows(45), ...rows(10, 1), ...rows(20)])).toHaveLength(55);
  expect(firstRows([...rows(1), ...rows(99, 1)])).toHaveLength(100);
});
