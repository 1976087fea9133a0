import { expect, test } from 'vitest';
import { printCell } from '../../../src/lib/cell.ts';
import type { CellKind } from '../../../src/lib/board.ts';

const ru = { locale: 'ru', currency: 'RUB' } as const;
const print = (value: number | string | null, kind: CellKind) =>
  printCell({ value }, { kind }, ru).replaceAll(/\s/g, ' ');

test('a relation is told in per cent, a difference of fractions in points, both with their sign', () => {
  expect(print(0.25, 'change')).toBe('+25 %');
  expect(print(-0.25, 'change')).toBe('−25 %');
  expect(print(0.25, 'points')).toBe('+25 п. п.');
  expect(print(0.25, 'percent')).toBe('25 %');
});

test('what is not known is a dash, and text that looks like a number stays text', () => {
  expect(print(null, 'change')).toBe(print('', 'text'));
  expect(print('007', 'text')).toBe('007');
});
