import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concentrate, isConcentrated } from '#lib/pareto.ts';

const parts = (values: Record<string, number>) =>
  Object.entries(values).map(([key, value]) => ({ key, value }));
const names = (values: Record<string, number>) => concentrate(parts(values))?.chosen.map(({ key }) => key);

describe('the smallest set that holds 80 %', () => {
  test.each([
    ['one stage holds it', { a: 3, b: 90, c: 7 }, ['b']],
    ['exactly at the limit', { a: 80, b: 20 }, ['a']],
    ['a hair below it', { a: 79, b: 21 }, ['a', 'b']],
    ['fractions that do not add up exactly', { a: 0.1, b: 0.7, c: 0.2 }, ['b', 'c']],
    ['spread evenly', { a: 1, b: 1, c: 1, d: 1, e: 1 }, ['a', 'b', 'c', 'd']],
    ['nothing counts as nothing', { a: 0, b: 5 }, ['b']],
  ])('%s', (_, values, expected) => expect(names(values)).toEqual(expected));

  test('there is none of nothing', () => expect(concentrate(parts({ a: 0 }))).toBeNull());

  test('no smaller set holds as much', () => {
    const arbitrary = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(arbitrary, (values) => {
        const found = concentrate(values.map((value, at) => ({ key: String(at), value })));
        const whole = values.reduce((sum, value) => sum + value, 0);
        if (whole === 0) {
          expect(found).toBeNull();
          return;
        }
        const size = found?.chosen.length ?? 0;
        for (let set = 0; set < 2 ** values.length; set++) {
          const members = values.filter((_, at) => set & (2 ** at));
          const sum = members.reduce((all, value) => all + value, 0);
          if (members.length < size) expect(sum).toBeLessThan(0.8 * whole);
        }
        expect(found?.chosen.reduce((sum, { value }) => sum + value, 0)).toBeGreaterThanOrEqual(
          0.8 * whole - 1e-6,
        );
      }),
    );
  });

  test('few of many is worth a sentence, half of them is not', () => {
    const says = (values: Record<string, number>) => isConcentrated(concentrate(parts(values))!);
    expect(says({ a: 85, b: 5, c: 5, d: 5 })).toBe(true);
    expect(says({ a: 40, b: 40, c: 20 })).toBe(false);
    expect(says({ a: 10 })).toBe(false);
  });
});
