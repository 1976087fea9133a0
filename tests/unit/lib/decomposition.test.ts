import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompose, toDrivers, toProfit, type Drivers, type Totals } from '../../../src/lib/decomposition.ts';

const drivers: Drivers = {
  leads: 100,
  conversion: 0.2,
  average_deal: 500,
  margin: 0.4,
  repeat_orders: 0.25,
  spend: 1000,
};
const of = (changes: Partial<Drivers>) => decompose(drivers, { ...drivers, ...changes });
const change = (result: ReturnType<typeof decompose>, driver: string) =>
  result?.parts.find((part) => part.driver === driver)?.change;

describe('what a change of profit is made of', () => {
  it('gives one driver the whole of what it alone has changed', () => {
    expect(toProfit(drivers)).toBe(4000);
    for (const [name, value, whole] of [
      ['leads', 50, -2500],
      ['conversion', 0.1, -2500],
      ['average_deal', 600, 1000],
      ['margin', 0.2, -2500],
      ['repeat_orders', 0.5, 1000],
      ['spend', 1300, -300],
    ] as const) {
      const result = of({ [name]: value });
      expect(result?.method).toBe('lmdi');
      expect(change(result, name)).toBeCloseTo(whole, 9);
      expect(result?.bottleneck).toBe(whole < 0 ? name : null);
    }
  });

  it('shares what two have done together by their logarithms', () => {
    // Twice the leads at half the margin: the profit stays, the two outweigh each other.
    const even = of({ leads: 200, margin: 0.2 });
    expect(even?.change).toBe(0);
    expect(change(even, 'leads')).toBeCloseTo(5000 * Math.log(2), 9);
    expect(change(even, 'margin')).toBeCloseTo(-5000 * Math.log(2), 9);
    expect(even?.bottleneck).toBe('margin');
    // 4 times and 2 times: two thirds and one third of the growth from 5,000 to 40,000.
    const both = of({ leads: 400, average_deal: 1000 });
    expect(change(both, 'leads')).toBeCloseTo((35_000 * 2) / 3, 6);
    expect(change(both, 'average_deal')).toBeCloseTo(35_000 / 3, 6);
  });

  it('substitutes one after another where a factor is zero or changes its sign', () => {
    const none = of({ leads: 0, margin: 0.3 });
    expect(none?.method).toBe('substitution');
    expect(change(none, 'leads')).toBe(-5000);
    expect(Math.abs(change(none, 'margin')!)).toBe(0);
    const loss = of({ margin: -0.1, spend: 500 });
    expect(loss?.method).toBe('substitution');
    expect(change(loss, 'margin')).toBeCloseTo(-6250, 9);
    expect(loss?.bottleneck).toBe('margin');
    // A loss before and after has its logarithm.
    expect(decompose({ ...drivers, margin: -0.1 }, { ...drivers, margin: -0.2 })?.method).toBe('lmdi');
  });

  it('takes an average of nothing as unchanged, and says nothing about what is unknown', () => {
    const silent = toDrivers({ leads: 100, won: 0, revenue: 0, gross_profit: 0, spend: 1000 });
    expect(silent.average_deal).toBeNull();
    const result = decompose(drivers, silent);
    expect(change(result, 'conversion')).toBe(-5000);
    expect(result?.change).toBe(-5000);
    expect(decompose(silent, silent)).toMatchObject({ change: 0, bottleneck: null });
    expect(decompose({ ...drivers, margin: null }, drivers)).toBeNull();
    expect(decompose(drivers, { ...drivers, conversion: Number.NaN })).toBeNull();
  });

  it('comes back to the sums that the drivers were made of', () => {
    const totals: Totals = {
      leads: 40,
      won: 10,
      repeat_won: 4,
      revenue: 5000,
      gross_profit: 1500,
      spend: 700,
    };
    expect(toProfit(toDrivers(totals))).toBeCloseTo(800, 9);
    expect(toProfit(toDrivers({ ...totals, repeat_won: undefined }))).toBeCloseTo(800, 9);
  });

  const amount = (max: number, min = 0) =>
    fc.oneof(fc.double({ min, max, noNaN: true }), fc.constantFrom(0, 1, max));
  const anyDrivers = fc.record({
    leads: amount(1e5),
    conversion: amount(1),
    average_deal: amount(1e6, -1e3),
    margin: amount(1, -1),
    repeat_orders: amount(5, -0.5),
    spend: amount(1e8),
  });
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

  it('has parts that sum to the change, whatever the periods', () => {
    fc.assert(
      fc.property(anyDrivers, anyDrivers, (before, after) => {
        const result = decompose(before, after)!;
        const parts = result.parts.map((part) => part.change);
        const size = Math.max(1, ...parts.map(Math.abs), Math.abs(result.from), Math.abs(result.to));
        expect(Math.abs(sum(parts) - result.change) / size).toBeLessThan(1e-9);
        expect(result.bottleneck === null).toBe(Math.min(...parts) >= 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('says the opposite of the way back', () => {
    const positive = fc.record({
      leads: fc.double({ min: 1, max: 1e5, noNaN: true }),
      conversion: fc.double({ min: 0.001, max: 1, noNaN: true }),
      average_deal: fc.double({ min: 1, max: 1e6, noNaN: true }),
      margin: fc.double({ min: 0.01, max: 1, noNaN: true }),
      repeat_orders: fc.double({ min: 0, max: 5, noNaN: true }),
      spend: fc.double({ min: 0, max: 1e8, noNaN: true }),
    });
    fc.assert(
      fc.property(positive, positive, (before, after) => {
        const [there, back] = [decompose(before, after)!, decompose(after, before)!];
        expect(there.method).toBe('lmdi');
        there.parts.forEach((part, i) => {
          const size = Math.max(1, Math.abs(part.change), Math.abs(there.from), Math.abs(there.to));
          expect(Math.abs(part.change + back.parts[i]!.change) / size).toBeLessThan(1e-9);
        });
      }),
    );
  });

  it('decomposes what real sums give, of won deals and of none', () => {
    const totals = fc
      .record({
        leads: fc.nat(500),
        won: fc.nat(100),
        repeats: fc.double({ min: 0, max: 0.9, noNaN: true }),
        revenue: fc.double({ min: 0.01, max: 1e7, noNaN: true }),
        profit: fc.double({ min: -1, max: 1, noNaN: true }),
        spend: fc.double({ min: 0, max: 1e6, noNaN: true }),
      })
      .map(({ leads, won, repeats, revenue, profit, spend }): Totals => {
        const counted = Math.min(won, leads);
        return {
          leads,
          won: counted,
          repeat_won: Math.floor(counted * repeats),
          revenue: counted ? revenue : 0,
          gross_profit: counted ? revenue * profit : 0,
          spend,
        };
      });
    fc.assert(
      fc.property(totals, totals, (before, after) => {
        const result = decompose(toDrivers(before), toDrivers(after))!;
        const told = after.gross_profit - after.spend - (before.gross_profit - before.spend);
        const size = Math.max(1, before.revenue, after.revenue, before.spend, after.spend);
        expect(Math.abs(sum(result.parts.map((part) => part.change)) - told) / size).toBeLessThan(1e-9);
      }),
      { numRuns: 1000 },
    );
  });
});
