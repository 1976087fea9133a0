/**
 * Where a month ends. Several simple forecasts are tried on the past months as of the same point of the month, and are
 * weighed by how wrong they were there. Nothing that was learnt later is used for an earlier month.
 */
export type Month = {
  /** `YYYY-MM` */
  month: string;
  /** whether each calendar day of the month is a working day */
  workdays: boolean[];
  /** the result of each calendar day that is over */
  days: number[];
  /** what was open (deals or their amount) at the start of the month and at the end of each day that is over */
  stock: number[] | null;
};

export const methods = ['run_rate', 'profile', 'season', 'pipeline'] as const;
export type Method = (typeof methods)[number];

export type Forecast = {
  value: number;
  /** in 8 of 10 months the result is expected between them; null where the past is too short to tell */
  low: number | null;
  high: number | null;
  /** `combined` weighs all methods; the run-rate alone where it did better so far, or nothing else can be tried */
  method: 'combined' | 'run_rate';
  /** part that each method had in a combined one; they sum to 1 */
  weights: Partial<Record<Method, number>>;
  /** mean absolute error of such forecasts on the past months, as a fraction, and that of the run-rate */
  error: number | null;
  naive_error: number | null;
  /** how many past months have shown the errors */
  tried: number;
  is_short: boolean;
};

/** A month as of a day: what was reached and open then. */
type Sample = { month: string; share: number; fact: number; stock: number | null; total: number };
type Guesses = Partial<Record<Method, number>>;

const fewest = 3;
const recent = 12;
const confidence = 0.8;

/** `history` are whole months, oldest first; `now` is the month in progress with the days that are over. */
export function forecast(history: Month[], now: Month): Forecast | null {
  const share = shareAt(now, now.days.length);
  const current = sampleAt(now, now.days.length);
  if (share >= 1) return settled(current.fact);
  const past = withoutStart(history).map((month) => sampleAt(month, dayAt(month, share)));
  const trials = tryOut([...past, current]);
  const last = trials.at(-1);
  return last ? last.forecast : null;
}

export type Trial = { month: string; actual: number; forecast: Forecast; naive: number | null };

/** What would have been forecast for each past month at a point of it (0 … 1 of its working days). */
export function backtest(history: Month[], share: number): Trial[] {
  const past = withoutStart(history).map((month) => sampleAt(month, dayAt(month, share)));
  return tryOut(past).map((trial) => ({
    month: trial.sample.month,
    actual: trial.sample.total,
    forecast: trial.forecast,
    naive: trial.guesses.run_rate ?? null,
  }));
}

/** Mean absolute percentage error; months without a result have none. */
export function meanError(pairs: { actual: number; guess: number }[]): number | null {
  const errors = pairs
    .filter(({ actual }) => actual !== 0)
    .map(({ actual, guess }) => Math.abs(guess - actual) / Math.abs(actual));
  return errors.length ? sum(errors) / errors.length : null;
}

type Tried = { sample: Sample; guesses: Guesses; combined: number | null; forecast: Forecast };

function tryOut(samples: Sample[]): Tried[] {
  const tried: Tried[] = [];
  for (const [at, sample] of samples.entries()) {
    const guesses = guess(sample, samples.slice(0, at));
    const next = choose(sample, guesses, at, tried.slice(-recent));
    if (next) tried.push(next);
  }
  return tried;
}

function choose(sample: Sample, guesses: Guesses, months: number, before: Tried[]): Tried | null {
  const naive = guesses.run_rate ?? null;
  const isShort = months < fewest;
  const weights = isShort ? {} : weigh(guesses, before);
  const combined = mix(guesses, weights);
  const value = isShort ? naive : (combined ?? naive);
  if (value === null) return null;
  const isNaive = naive !== null && !(combined !== null && hasDoneBetter(before));
  const chosen = isNaive ? naive : value;
  const shown = before.filter(({ forecast }) => !forecast.is_short);
  const half = spread(shown.map((one) => ({ actual: one.sample.total, guess: one.forecast.value })));
  const reached = Math.min(sample.fact, chosen);
  return {
    sample,
    guesses,
    combined,
    forecast: {
      value: chosen,
      low: half === null ? null : Math.max(reached, chosen - half * Math.abs(chosen)),
      high: half === null ? null : chosen + half * Math.abs(chosen),
      method: isNaive ? 'run_rate' : 'combined',
      weights: isNaive ? { run_rate: 1 } : weights,
      error: meanError(pairsOf(shown, (one) => one.forecast.value)),
      naive_error: meanError(pairsOf(shown, (one) => one.guesses.run_rate ?? null)),
      tried: shown.filter(({ sample: { total } }) => total !== 0).length,
      is_short: isShort,
    },
  };
}

/** What weighs all methods has to show that it is worth it: as of the same point of enough past months. */
function hasDoneBetter(before: Tried[]): boolean {
  const both = before.filter(
    ({ sample, combined, guesses }) =>
      sample.total !== 0 && combined !== null && guesses.run_rate !== undefined,
  );
  const error = (pick: (one: Tried) => number) =>
    meanError(both.map((one) => ({ actual: one.sample.total, guess: pick(one) }))) ?? 0;
  return both.length >= fewest && error((one) => one.combined!) < error((one) => one.guesses.run_rate!);
}

const pairsOf = (tried: Tried[], pick: (one: Tried) => number | null) =>
  tried.flatMap((one) => {
    const guess = pick(one);
    return guess === null ? [] : [{ actual: one.sample.total, guess }];
  });

/** Each method by itself. `past` are earlier months as of the same point of the month. */
function guess(sample: Sample, past: Sample[]): Guesses {
  const { fact, share, stock } = sample;
  const found: Guesses = {};
  if (share > 0) found.run_rate = fact / share;
  const whole = past.filter(({ total }) => total > 0);
  if (whole.length < fewest) return found;
  // The same month of past years says more about this one than the others do.
  const weight = (one: Sample) => (one.month.slice(5) === sample.month.slice(5) ? 3 : 1);
  const usual =
    sum(whole.map((one) => weight(one) * one.fact)) / sum(whole.map((one) => weight(one) * one.total));
  if (usual > 0.02 && fact > 0) found.profile = fact / usual;
  found.season = fact + levelOf(sample.month, past) * Math.max(0, 1 - usual);
  const stocked = past.slice(-recent).filter((one) => one.stock !== null && one.stock > 0);
  if (stock !== null && stocked.length >= fewest) {
    const rest = sum(stocked.map((one) => Math.max(0, one.total - one.fact)));
    found.pipeline = fact + (stock * rest) / sum(stocked.map((one) => one.stock ?? 0));
  }
  for (const method of methods) if (!Number.isFinite(found[method] ?? 0)) delete found[method];
  return found;
}

/** A usual month of this time of the year: the same a year ago by what has grown since, else the last three. */
function levelOf(month: string, past: Sample[]): number {
  const totals = new Map(past.map((one) => [one.month, one.total]));
  const latest = past.slice(-fewest);
  const year = totals.get(yearBefore(month));
  const grown = sum(latest.map(({ total }) => total));
  const base = latest.map((one) => totals.get(yearBefore(one.month)));
  const before = sum(base.map((total) => total ?? 0));
  if (year !== undefined && before > 0 && !base.includes(undefined)) return (year * grown) / before;
  return grown / latest.length;
}

const yearBefore = (month: string) => `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`;

/** The smaller the squared error of a method so far, the larger its part. */
function weigh(guesses: Guesses, before: Tried[]): Guesses {
  const known = methods.filter((method) => guesses[method] !== undefined);
  const strengths = known.map((method) => {
    const errors = before
      .filter((one) => one.sample.total !== 0 && one.guesses[method] !== undefined)
      .map((one) => (one.guesses[method]! - one.sample.total) / one.sample.total);
    // A month wrong by a tenth is added to each: one lucky month decides nothing.
    const squares = errors.map((error) => Math.min(error * error, 100));
    return 1 / ((sum(squares) + 0.01) / (squares.length + 1));
  });
  const all = sum(strengths);
  return Object.fromEntries(known.map((method, at) => [method, strengths[at]! / all]));
}

function mix(guesses: Guesses, weights: Guesses): number | null {
  const known = methods.filter((method) => weights[method] !== undefined);
  return known.length ? sum(known.map((method) => weights[method]! * guesses[method]!)) : null;
}

/** Half the width that would have held 8 of 10 past results, of the forecast (split conformal); null from too few. */
function spread(pairs: { actual: number; guess: number }[]): number | null {
  const misses = pairs
    .filter(({ guess }) => guess !== 0)
    .map(({ actual, guess }) => Math.abs(actual - guess) / Math.abs(guess))
    .sort((a, b) => a - b);
  return misses[Math.ceil((misses.length + 1) * confidence) - 1] ?? null;
}

function settled(fact: number): Forecast {
  return {
    value: fact,
    low: fact,
    high: fact,
    method: 'run_rate',
    weights: { run_rate: 1 },
    error: null,
    naive_error: null,
    tried: 0,
    is_short: false,
  };
}

/** Months before the first result, and the first one if it began in its midst, say nothing about a usual month. */
function withoutStart(history: Month[]): Month[] {
  const first = history.findIndex(({ days }) => days.some((value) => value !== 0));
  if (first < 0) return [];
  const begins = history[first]!.days.findIndex((value) => value !== 0);
  return history.slice(begins > 7 ? first + 1 : first);
}

/** Part of the month's working days that ended with the first `days` days. */
export function shareAt({ workdays }: Month, days: number): number {
  const all = workdays.filter(Boolean).length;
  if (all === 0) return days / workdays.length;
  return workdays.slice(0, days).filter(Boolean).length / all;
}

/** How many days of a month were over at this part of its working days, with the free days that follow. */
export function dayAt(month: Month, share: number): number {
  const all = month.workdays.filter(Boolean).length;
  const wanted = share < 1 ? Math.min(Math.round(share * all), all - 1) : all;
  let [days, passed] = [0, 0];
  while (days < month.workdays.length && (passed < wanted || !month.workdays[days])) {
    if (month.workdays[days]) passed += 1;
    days += 1;
  }
  return days;
}

function sampleAt(month: Month, days: number): Sample {
  return {
    month: month.month,
    share: shareAt(month, days),
    fact: sum(month.days.slice(0, days)),
    stock: month.stock?.[days] ?? null,
    total: sum(month.days),
  };
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
