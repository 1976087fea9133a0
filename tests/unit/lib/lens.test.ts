import { expect, test } from 'vitest';
import { latest, payback } from '../../../src/lib/cohorts.ts';
import { choose, lensOf, measureOf, viewOf } from '../../../src/lib/lens.ts';
import { defaults, parse, print } from '../../../src/lib/state.ts';

test('a lens is read from the address and survives it; a model nobody has is none', () => {
  const state = choose(choose(defaults, 'model', 'linear'), 'dated', 'created');
  const again = parse(new URLSearchParams(print(state))).state;
  expect(lensOf(again)).toEqual({ model: 'linear', isCohort: true });
  expect(lensOf(choose(again, 'model', 'guess'))).toEqual({ model: null, isCohort: true });
  expect(choose(again, 'model', null).within).toEqual([['dated', 'created']]);
});

test('the cohort changes what was sold and nothing of what was spent', () => {
  const lens = { model: null, isCohort: true };
  expect(['spend', 'leads', 'cpl', 'won', 'romi'].map((name) => measureOf(lens, name))).toEqual([
    'spend',
    'leads',
    'cpl',
    'cohort_won',
    'cohort_romi',
  ]);
  expect(viewOf(lens)).toBe('marketing');
  expect(viewOf({ model: 'linear', isCohort: false })).toBe('attribution');
});

test.each([
  [[50, 80, 120], 100, 2],
  [[150, 180], 100, 0],
  [[50, 80], 100, null],
  [[50, null, 120], 100, 2],
  [[0], 0, 0],
  [[50], null, null],
  [[], 10, null],
])('%j pays back %s in month %s', (course, cost, month) => {
  expect(payback(course, cost)).toBe(month);
});

test('what is known last', () => {
  expect(latest([1, 2, null])).toBe(2);
  expect(latest([])).toBeNull();
});
