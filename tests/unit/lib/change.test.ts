import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factors, shares, unevenness, type Part } from '../../../src/lib/change.ts';

const sides = (of: fc.Arbitrary<number>) => fc.record({ before: of, now: of });
const amount = fc.integer({ min: -1_000_000, max: 1_000_000 });
const count = fc.integer({ min: 1, max: 10_000 });
const sums = fc.array(fc.record({ key: fc.nat(), over: sides(amount), under: fc.constant(null) }), {
  minLength: 1,
});
const quotients = fc.array(fc.record({ key: fc.nat(), over: sides(amount), under: sides(count) }), {
  minLength: 1,
});
const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
const whole = (parts: Part<number>[], side: 'before' | 'now') => {
  const under = sum(parts.map((part) => part.under?.[side] ?? 0));
  return sum(parts.map(({ over }) => over[side])) / (parts[0]?.under ? under : 1);
};

describe('what the parts have added', () => {
  test.each([
    ['of a sum', sums],
    ['of a quotient', quotients],
  ])('%s sums to the change of the whole', (_, parts) => {
    fc.assert(
      fc.property(parts, (all) => {
        const found = shares<number>(all);
        const expected = whole(all, 'now') - whole(all, 'before');
        expect(found?.change).toBeCloseTo(expected, 6);
        expect(sum(found?.shares.map(({ change }) => change) ?? [])).toBeCloseTo(expected, 6);
      }),
    );
  });

  test('a part that sells as well as the whole adds nothing, however it grows', () => {
    const part = (key: string, over: [number, number], under: [number, number]) => ({
      key,
      over: { before: over[0], now: over[1] },
      under: { before: under[0], now: under[1] },
    });
    const found = shares([part('a', [10, 30], [100, 300]), part('b', [10, 10], [100, 100])]);
    expect(found?.change).toBeCloseTo(0, 12);
    for (const { change } of found?.shares ?? []) expect(change).toBeCloseTo(0, 12);
  });

  test('a part without anything to divide by still counts with what it brought', () => {
    const found = shares([
      { key: 'paid', over: { before: 50, now: 50 }, under: { before: 100, now: 100 } },
      { key: 'free', over: { before: 0, now: 20 }, under: { before: 0, now: 0 } },
    ]);
    expect(found?.change).toBeCloseTo(0.2, 12);
    expect(found?.shares[0]?.change).toBeCloseTo(0, 12);
    expect(found?.shares[1]?.change).toBeCloseTo(0.2, 12);
  });

  test('without a quotient in one of the periods there is nothing to tell', () => {
    expect(shares([{ key: 1, over: { before: 1, now: 1 }, under: { before: 0, now: 5 } }])).toBeNull();
  });
});

test('a cut is told of first where the change lies in few of its parts', () => {
  const part = (before: number, now: number) => ({ key: before, over: { before, now }, under: null });
  const even = [part(100, 80), part(200, 160), part(50, 40)];
  const one = [part(100, 100), part(200, 130), part(50, 50)];
  expect(unevenness(even)).toBeCloseTo(0, 12);
  expect(unevenness(one)).toBeGreaterThan(0.4);
  expect(unevenness([part(10, 10)])).toBe(0);
});

test('two factors make the whole change of their product or quotient', () => {
  fc.assert(
    fc.property(sides(amount), sides(count), (first, second) => {
      const product = factors({ way: 'times', first, second });
      expect((product?.first ?? 0) + (product?.second ?? 0)).toBeCloseTo(
        first.now * second.now - first.before * second.before,
        3,
      );
      const quotient = factors({ way: 'by', first, second });
      expect((quotient?.first ?? 0) + (quotient?.second ?? 0)).toBeCloseTo(
        first.now / second.now - first.before / second.before,
        6,
      );
    }),
  );
  expect(factors({ way: 'by', first: { before: 1, now: 1 }, second: { before: 0, now: 1 } })).toBeNull();
});
