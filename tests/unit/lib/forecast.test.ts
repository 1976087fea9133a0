import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtest, dayAt, forecast, meanError, shareAt, type Month } from '../../../src/lib/forecast.ts';

const isWorked = (year: number, month: number, day: number) =>
  ![0, 6].includes(new Date(Date.UTC(year, month - 1, day)).getUTCDay());

/** A month of weekdays and weekends; `worth` gives each day its result. */
function makeMonth(
  at: number,
  worth: (day: number, isWorkday: boolean) => number,
  stock: number | null = null,
): Month {
  const [year, month] = [2024 + Math.floor(at / 12), 1 + (at % 12)];
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const workdays = Array.from({ length }, (_, day) => isWorked(year, month, day + 1));
  const days = workdays.map((isWorkday, day) => worth(day + 1, isWorkday));
  return {
    month: `${year}-${String(month).padStart(2, '0')}`,
    workdays,
    days,
    stock: stock === null ? null : Array.from({ length: length + 1 }, () => stock),
  };
}
const cut = (month: Month, days: number): Month => ({
  ...month,
  days: month.days.slice(0, days),
  stock: month.stock?.slice(0, days + 1) ?? null,
});
const total = ({ days }: Month) => days.reduce((a, b) => a + b, 0);
const even = (at: number) => makeMonth(at, (_, isWorkday) => (isWorkday ? 10 : 0));

describe('where a month ends', () => {
  it('is the run-rate where the past is too short, and says so', () => {
    const now = cut(even(2), 14);
    const found = forecast([even(0), even(1)], now);
    expect(found).toMatchObject({ method: 'run_rate', is_short: true, low: null, high: null, error: null });
    expect(found?.value).toBeCloseTo(total(even(2)), 9);
    expect(forecast([], cut(even(2), 0))).toBeNull();
  });

  it('is the fact itself once the month is over', () => {
    const whole = even(5);
    expect(forecast([0, 1, 2, 3].map(even), whole)).toMatchObject({ value: total(whole), low: total(whole) });
  });

  it('finds a rush at the end of each month that a run-rate does not', () => {
    const rushed = (at: number) => makeMonth(at, (day, isWorkday) => (isWorkday ? (day > 20 ? 40 : 5) : 0));
    const past = Array.from({ length: 24 }, (_, at) => rushed(at));
    const whole = rushed(24);
    const found = forecast(past, cut(whole, 15))!;
    expect(found.method).toBe('combined');
    expect(Math.abs(found.value - total(whole)) / total(whole)).toBeLessThan(0.1);
    expect(found.error).toBeLessThan(0.12);
    expect(found.naive_error).toBeGreaterThan(0.4);
  });

  it('finds the season of past years at the start of a month', () => {
    const seasonal = (at: number) =>
      makeMonth(at, (_, isWorkday) => (isWorkday ? (at % 12 === 11 ? 30 : 10) : 0));
    const past = Array.from({ length: 35 }, (_, at) => seasonal(at));
    const whole = seasonal(35);
    const found = forecast(past, cut(whole, 0))!;
    expect(Math.abs(found.value - total(whole)) / total(whole)).toBeLessThan(0.15);
  });

  it('finds more where more is open', () => {
    // What is open at the start of a month is won in its second half.
    const month = (at: number, stock: number) => makeMonth(at, (day) => (day > 15 ? stock : 0), stock);
    const history = Array.from({ length: 20 }, (_, at) => month(at, 100 + ((at * 7) % 5) * 50));
    const few = forecast(history, cut(month(20, 100), 6))!;
    const many = forecast(history, cut(month(20, 200), 6))!;
    expect(few.method).toBe('combined');
    expect(many.weights.pipeline).toBeGreaterThan(0.5);
    expect(many.value).toBeGreaterThan(few.value);
  });

  it('does not know the future: later months change nothing of an earlier trial', () => {
    const months = fc.array(fc.array(fc.nat(50), { minLength: 31, maxLength: 31 }), {
      minLength: 8,
      maxLength: 16,
    });
    fc.assert(
      fc.property(months, fc.constantFrom(0.2, 0.5, 0.8), (worths, share) => {
        const all = worths.map((worth, at) => makeMonth(at, (day) => worth[day - 1] ?? 0, worth[0]));
        const early = backtest(all.slice(0, -3), share);
        expect(backtest(all, share).slice(0, early.length)).toEqual(early);
        // Nor does what the month itself brings later.
        const last = all.at(-1)!;
        const over = dayAt(last, share);
        const other = { ...last, days: last.days.map((value, day) => (day < over ? value : value * 3 + 1)) };
        const told = (one: Month) => backtest([...all.slice(0, -1), one], share).at(-1)?.forecast;
        expect(told(other)).toEqual(told(last));
      }),
      { numRuns: 100 },
    );
  });

  const company = fc.record({
    worths: fc.array(fc.array(fc.oneof(fc.constant(0), fc.nat(1000)), { minLength: 31, maxLength: 31 }), {
      minLength: 1,
      maxLength: 20,
    }),
    stock: fc.option(fc.nat(500)),
    days: fc.nat(27),
  });
  const of = (
    { worths, stock, days }: { worths: number[][]; stock: number | null; days: number },
    scale = 1,
  ) => {
    const all = worths.map((worth, at) => makeMonth(at, (day) => (worth[day - 1] ?? 0) * scale, stock));
    return forecast(all.slice(0, -1), cut(all.at(-1)!, days));
  };

  it('holds its point, is a number, and never falls below what is reached', () => {
    fc.assert(
      fc.property(company, (one) => {
        const found = of(one);
        if (!found) return;
        for (const value of [found.value, found.low, found.high, found.error, found.naive_error])
          if (value !== null) expect(Number.isFinite(value)).toBe(true);
        if (found.low !== null) expect(found.low).toBeLessThanOrEqual(found.value);
        if (found.high !== null) expect(found.high).toBeGreaterThanOrEqual(found.value);
        expect((found.low === null) === (found.high === null)).toBe(true);
        const reached = (one.worths.at(-1) ?? []).slice(0, one.days).reduce((a, b) => a + b, 0);
        expect(found.value).toBeGreaterThanOrEqual(reached - 1e-6);
        const parts = Object.values(found.weights);
        if (parts.length) expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the unit of money', () => {
    fc.assert(
      fc.property(company, fc.constantFrom(0.01, 7, 1000), (one, scale) => {
        const [small, large] = [of(one), of(one, scale)];
        expect(large === null).toBe(small === null);
        if (!small || !large) return;
        const near = (a: number | null, b: number | null, times: number) =>
          a === null || b === null
            ? expect(a).toBe(b)
            : expect(Math.abs(b - a * times)).toBeLessThan(1e-6 * Math.max(1, Math.abs(b)));
        near(small.value, large.value, scale);
        near(small.low, large.low, scale);
        near(small.high, large.high, scale);
        near(small.error, large.error, 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the point of a month', () => {
  it('is counted in working days that are over, with the free days after them', () => {
    const june = even(5); // 2024-06-01 is a Saturday
    expect(shareAt(june, 2)).toBe(0);
    expect(shareAt(june, 3)).toBeCloseTo(1 / 20, 12);
    expect(dayAt(june, 5 / 20)).toBe(9); // Friday the 7th and the weekend
    expect(dayAt(june, 1)).toBe(30);
  });

  it('has no error where nothing happened', () => {
    expect(meanError([{ actual: 0, guess: 5 }])).toBeNull();
    expect(
      meanError([
        { actual: 10, guess: 5 },
        { actual: 0, guess: 5 },
        { actual: 10, guess: 12 },
      ]),
    ).toBeCloseTo(0.35, 12);
  });
});
