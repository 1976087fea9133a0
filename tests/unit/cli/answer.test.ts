import { expect, test } from 'vitest';
import { printCsv } from '../../../src/cli/csv.ts';
import { readResult } from '../../../src/lib/server/result.ts';

test('numbers by the annotation, texts as they are, missing as null', () => {
  const { rows } = readResult({
    data: [
      { 'sales.won_amount': '12.50', 'sales.deals_won': null, 'sales.owner': '007', 'sales.is_test': false },
    ],
    annotation: {
      measures: { 'sales.won_amount': { type: 'number' }, 'sales.deals_won': { type: 'number' } },
      dimensions: { 'sales.owner': { type: 'string' }, 'sales.is_test': { type: 'boolean' } },
    },
  });
  expect(rows).toEqual([
    { 'sales.won_amount': 12.5, 'sales.deals_won': null, 'sales.owner': '007', 'sales.is_test': false },
  ]);
});

test('a CSV quotes only what needs it', () => {
  expect(printCsv([{ name: 'a "b", c', amount: 1.5, day: null }])).toBe(
    'name,amount,day\r\n"a ""b"", c",1.5,\r\n',
  );
});
