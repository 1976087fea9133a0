import { expect, test } from 'vitest';
import { paced } from '#lib/server/calendar.ts';
import { referenceOf, worstStep } from '#lib/server/sales/funnel.ts';

const stage = (stage: string, entered: number, passed: number, reference_conversion: number | null) => ({
  stage,
  entered,
  passed,
  step_conversion: entered ? passed / entered : null,
  reference_conversion,
});

test('the reference funnel begins with those who came and ends with those it would win', () => {
  const rows = [stage('Lead', 100, 60, 0.8), stage('Offer', 60, 15, 0.5)];
  expect(referenceOf(rows)).toEqual([100, 80, 40]);
  // a step without a reference converts as it did
  expect(referenceOf([stage('Lead', 100, 60, null), stage('Offer', 60, 15, 0.5)])).toEqual([100, 60, 30]);
  expect(referenceOf([stage('Lead', 100, 60, null)])).toBeNull();
});

test('the bottleneck loses most deals beyond the reference, not the largest share', () => {
  const rows = [stage('Lead', 1000, 700, 0.8), stage('Offer', 50, 10, 0.9)];
  const worst = worstStep(rows);
  expect(worst?.row.stage).toBe('Lead');
  expect(worst?.lost).toBeCloseTo(100);
  expect(worstStep([stage('Lead', 100, 90, 0.8)])).toBeNull();
});

test('two customers in the first of four weeks are eight by the end of the month', () => {
  expect(paced(2, { all: 20, elapsed: 5 })).toBe(8);
  expect(paced(2, { all: 20, elapsed: 0 })).toBeNull();
});
