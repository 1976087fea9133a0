import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decompose, split, type Decomposition, type Totals } from '../../../src/lib/decomposition.ts';

// 100 leads × 0.2 buyers each × 1.25 orders × 400 × margin 0.4 = 4,000, less 1,000 of spend.
const totals: Totals = { leads: 100, buyers: 20, won: 25, revenue: 10_000, gross_profit: 4000, spend: 1000 };
const change = (found: Decomposition | null, driver: string) =>
  found?.parts.find((part) => part.driver === driver)?.change;
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

describe('what a change of profit is made of', () => {
  it('gives one driver the whole of what it alone has changed', () => {
    for (const [driver, now, whole] of [
      ['leads', { leads: 50, buyers: 10, won: 12.5, revenue: 5000, gross_profit: 2000 }, -2000],
      ['acquisition', { buyers: 10, won: 12.5, revenue: 5000, gross_profit: 2000 }, -2000],
      ['orders_each', { won: 30, revenue: 12_000, gross_profit: 4800 }, 800],
      ['average_deal', { revenue: 15_000, gross_profit: 6000 }, 2000],
      ['margin', { gross_profit: 2000 }, -2000],
      ['spend', { spend: 1300 }, -300],
    ] as const) {
      const found = decompose(totals, { ...totals, ...now });
      expect(found).toMatchObject({ target: 'profit', from: 3000, method: 'lmdi', missing: [] });
      for (const part of found!.parts)
        expect(part.change, part.driver).toBeCloseTo(part.driver === driver ? whole : 0, 9);
      expect(found?.bottleneck).toBe(whole < 0 ? driver : null);
    }
  });

  it('shares what two have done together by their logarithms', () => {
    const { changes } = split([100, 50], [400, 100]);
    // 4 times and 2 times: two thirds and one third of the growth from 5,000 to 40,000.
    expect(changes[0]).toBeCloseTo((35_000 * 2) / 3, 6);
    expect(changes[1]).toBeCloseTo(35_000 / 3, 6);
    // Twice and half: nothing has changed, and each outweighs the other.
    expect(split([100, 50], [200, 25]).changes[0]).toBeCloseTo(5000 * Math.log(2), 9);
  });

  it('substitutes one after another where a factor is zero or changes its sign', () => {
    const loss = decompose(totals, { ...totals, gross_profit: -500 });
    expect(loss).toMatchObject({ method: 'substitution', bottleneck: 'margin', change: -4500 });
    expect(change(loss, 'margin')).toBeCloseTo(-4500, 9);
    // Nobody bought: conversion says it all, averages of nothing say nothing.
    const silent = decompose(totals, { ...totals, buyers: 0, won: 0, revenue: 0, gross_profit: 0 });
    expect(change(silent, 'acquisition')).toBeCloseTo(-4000, 9);
    expect(silent?.parts.find(({ driver }) => driver === 'margin')).toMatchObject({ to: null });
  });

  it('takes out what one side does not know or what cannot be divided by', () => {
    const names = (before: Totals, after: Totals) =>
      decompose(before, after)?.parts.map(({ driver }) => driver);
    const all = ['leads', 'acquisition', 'orders_each', 'average_deal', 'margin', 'spend'];
    expect(names(totals, totals)).toEqual(all);
    // Deals won in a month without a single lead.
    expect(names(totals, { ...totals, leads: 0 })).toEqual(['buyers', ...all.slice(2)]);
    expect(names({ ...totals, buyers: null }, totals)).toEqual(['leads', 'conversion', ...all.slice(3)]);
    // Costs without revenue: the margin has nothing to be a share of.
    expect(names(totals, { ...totals, revenue: 0, gross_profit: -300 })).toEqual([
      'leads',
      'acquisition',
      'orders_each',
      'deal_profit',
      'spend',
    ]);
    const plan: Totals = { leads: 90, buyers: null, won: 20, revenue: 9000, gross_profit: null, spend: null };
    expect(decompose(plan, totals)).toMatchObject({
      target: 'revenue',
      change: 1000,
      missing: ['buyers', 'gross_profit', 'spend'],
    });
    expect(names({ ...plan, leads: null, won: null }, totals)).toEqual(['revenue']);
    expect(decompose({ ...plan, leads: null, won: null, revenue: null }, totals)).toBeNull();
    expect(decompose(totals, { ...totals, spend: null })).toMatchObject({
      target: 'gross_profit',
      change: 0,
    });
  });

  // Sums of money and counts: whole cents.
  const anything = fc.oneof(
    fc.constantFrom(null, 0, 1),
    fc.integer({ min: -1e8, max: 1e12 }).map((cents) => cents / 100),
  );
  const anyTotals: fc.Arbitrary<Totals> = fc.record({
    leads: anything,
    buyers: anything,
    won: anything,
    revenue: anything,
    gross_profit: anything,
    spend: anything,
  });

  it('has parts that sum to the change, whatever the sums are', () => {
    fc.assert(
      fc.property(anyTotals, anyTotals, (before, after) => {
        const found = decompose(before, after);
        if (!found) return;
        const parts = found.parts.map((part) => part.change);
        const size = Math.max(1, ...parts.map(Math.abs), Math.abs(found.from), Math.abs(found.to));
        expect(Math.abs(sum(parts) - found.change) / size).toBeLessThan(1e-9);
        expect(found.change).toBe(found.to - found.from);
        expect(found.bottleneck === null).toBe(Math.min(...parts) >= 0);
      }),
      { numRuns: 5000 },
    );
  });

  it('explains profit itself wherever both sides know it', () => {
    const count = fc.nat(400);
    const company = fc
      .record({
        leads: count,
        won: count,
        again: fc.nat(20),
        deal: fc.nat(9000),
        margin: fc.integer({ min: -20, max: 90 }),
        spend: count,
      })
      .map(({ leads, won, again, deal, margin, spend }): Totals & { profit: number } => {
        const gross_profit = (won * deal * margin) / 100;
        const buyers = won === 0 ? 0 : Math.max(1, won - again);
        return { leads, buyers, won, revenue: won * deal, gross_profit, spend, profit: gross_profit - spend };
      });
    fc.assert(
      fc.property(company, company, (before, after) => {
        const found = decompose(before, after)!;
        expect(found.target).toBe('profit');
        expect(found.to).toBe(after.profit);
        const whole = after.profit - before.profit;
        expect(Math.abs(sum(found.parts.map((part) => part.change)) - whole)).toBeLessThan(1e-6);
      }),
      { numRuns: 2000 },
    );
  });

  it('says the opposite of the way back', () => {
    const factors = fc.array(fc.double({ min: 0.001, max: 1e5, noNaN: true }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(factors, factors, (before, after) => {
        const [there, back] = [split(before, after), split(after, before)];
        expect(there.method).toBe('lmdi');
        const size = Math.max(...there.changes.map(Math.abs), 1);
        there.changes.forEach((one, i) => expect(Math.abs(one + back.changes[i]!) / size).toBeLessThan(1e-9));
      }),
    );
  });
});
