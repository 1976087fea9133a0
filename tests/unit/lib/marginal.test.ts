import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  borrow,
  elasticityOf,
  highOf,
  judge,
  lowOf,
  marginalOf,
  returnOf,
  type Week,
} from '../../../src/lib/marginal.ts';

const weeks = (count: number, week: (at: number) => Week): Week[] =>
  Array.from({ length: count }, (_, at) => week(at));

describe('the average return', () => {
  it('is profit for a unit of spend, with the error of a ratio worked out by hand', () => {
    const found = returnOf([
      { spend: 100, leads: 1, profit: 150 },
      { spend: 300, leads: 1, profit: 250 },
    ]);
    // 400 / 400; residuals 50 and −50; √(2 / 1 × 5000) / 400
    expect(found).toEqual({ value: 1, error: 0.25 });
  });

  it('is not known without spend or from a single week', () => {
    expect(returnOf([{ spend: 100, leads: 1, profit: 150 }])).toBeNull();
    expect(returnOf(weeks(4, () => ({ spend: 0, leads: 3, profit: 10 })))).toBeNull();
  });
});

describe('the elasticity of leads to spend', () => {
  it.each([0, 0.3, 0.5, 1, 1.4])('finds the %s that the leads were made with', (slope) => {
    const found = elasticityOf(
      weeks(30, (at) => {
        const spend = 1000 + 400 * (at % 7) + 13 * at;
        // an error of almost none is still an error
        return { spend, leads: 2 * spend ** slope * (at % 2 ? 1.0001 : 0.9999) + 3 * 0, profit: 0 };
      }),
    );
    expect(found?.value).toBeCloseTo(slope, 3);
  });

  it('says nothing of few weeks, few leads, or spend that never changes', () => {
    expect(elasticityOf(weeks(7, (at) => ({ spend: 100 + at, leads: 10, profit: 0 })))).toBeNull();
    expect(
      elasticityOf(weeks(30, (at) => ({ spend: 100 + at, leads: at === 3 ? 9 : 0, profit: 0 }))),
    ).toBeNull();
    expect(elasticityOf(weeks(30, (at) => ({ spend: 100, leads: at % 5, profit: 0 })))).toBeNull();
  });

  it('is the same in any currency', () => {
    const course = weeks(20, (at) => ({ spend: 500 + 90 * (at % 6), leads: 3 + (at % 4), profit: 0 }));
    const dearer = course.map((week) => ({ ...week, spend: week.spend * 97 }));
    expect(elasticityOf(dearer)?.value).toBeCloseTo(elasticityOf(course)?.value ?? NaN, 6);
  });
});

describe('borrowing', () => {
  it('draws an unsure estimate further than a sure one, and fills what is missing with the mean', () => {
    const [sure, unsure, missing] = borrow([
      { value: 0.9, error: 0.05 },
      { value: 0.1, error: 0.5 },
      null,
      { value: 0.5, error: 0.05 },
    ]);
    expect(sure?.value).toBeGreaterThan(0.8);
    expect(unsure?.value).toBeGreaterThan(0.3);
    expect(missing?.error).toBeGreaterThan(sure?.error ?? 1);
  });

  it('never leaves the range of what it was given', () => {
    const one = fc.record({
      value: fc.double({ min: -2, max: 3, noNaN: true }),
      error: fc.double({ min: 0.01, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 9 }), (given) => {
        const [low, high] = [Math.min(...given.map((x) => x.value)), Math.max(...given.map((x) => x.value))];
        for (const found of borrow(given)) {
          expect(found?.value).toBeGreaterThanOrEqual(low - 1e-9);
          expect(found?.value).toBeLessThanOrEqual(high + 1e-9);
          expect(found?.error).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('of nothing leaves nothing', () => {
    expect(borrow([null, null])).toEqual([null, null]);
  });
});

describe('marginal ROMI', () => {
  it('never exceeds the average: returns do not grow with spend', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 20, noNaN: true }),
        fc.double({ min: -1, max: 3, noNaN: true }),
        (value, slope) => {
          const { value: found } = marginalOf({ value, error: 0.1 }, { value: slope, error: 0.1 });
          expect(found).toBeLessThanOrEqual(value - 1 + 1e-9);
          expect(found).toBeGreaterThanOrEqual(-1 - 1e-9);
        },
      ),
    );
  });
});

describe('the verdict', () => {
  const course = weeks(20, () => ({ spend: 1000, leads: 5, profit: 0 }));
  const sure = (value: number) => ({ value, error: 0.01 });

  it.each([
    ['stop', sure(0.4), sure(-0.6), 1000],
    ['cut', sure(1.6), sure(-0.4), 1000],
    ['scale', sure(3), sure(1.5), 1000],
    ['unclear', { value: 1.1, error: 0.5 }, { value: 0.1, error: 0.5 }, 1000],
    ['unclear', sure(1.6), null, 1000],
    ['young', sure(0.1), sure(-0.9), 5000],
    ['young', sure(0.1), sure(-0.9), null],
    ['young', null, null, 1000],
  ] as const)('is to %s', (verdict, average, marginal, price) => {
    expect(judge(course, average, marginal, price)).toBe(verdict);
  });

  it('is not given on seven weeks', () => {
    expect(judge(course.slice(0, 7), sure(0.1), sure(-0.9), 10)).toBe('young');
  });

  it('holds in nine cases of ten', () => {
    expect([lowOf(sure(1)), highOf(sure(1))]).toEqual([1 - 0.01645, 1 + 0.01645]);
  });
});
