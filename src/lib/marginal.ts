/**
 * What the next unit of advertising money brings, from how a campaign's weeks differed. All of it is pure arithmetic:
 * `server/marketing/advice.ts` asks for the weeks and puts the outcome in words.
 *
 * Leads answer spend as leads = a · spend^b, the constant-elasticity response of Hanssens, Parsons and Schultz,
 * "Market Response Models" (2001). What b is follows from the weeks by the Poisson regression with a level of each
 * campaign's own (Hausman, Hall and Griliches 1984), which takes weeks without a lead as they are; its error is the
 * robust one (Wooldridge 1999). A campaign with few leads borrows from the others as far as they agree (DerSimonian
 * and Laird 1986). The average return and its error are those of a ratio (Cochran, "Sampling Techniques", 1977, ch. 6).
 */
export type Week = { spend: number; leads: number; profit: number };

export type Estimate = { value: number; error: number };

/** Nine of ten such ranges hold what they estimate. */
const reach = 1.645;
const fewestWeeks = 8;
const fewestLeads = 20;

export const lowOf = ({ value, error }: Estimate) => value - reach * error;
export const highOf = ({ value, error }: Estimate) => value + reach * error;

/** Gross profit for a unit of spend over all weeks; null without spend or with fewer than two weeks. */
export function returnOf(weeks: Week[]): Estimate | null {
  const spend = sum(weeks.map((week) => week.spend));
  if (weeks.length < 2 || spend <= 0) return null;
  const value = sum(weeks.map((week) => week.profit)) / spend;
  const off = sum(weeks.map((week) => (week.profit - value * week.spend) ** 2));
  return { value, error: Math.sqrt((weeks.length / (weeks.length - 1)) * off) / spend };
}

/** By what part of a per cent leads grow when spend grows by one; null where the weeks are too few or too alike. */
export function elasticityOf(weeks: Week[]): Estimate | null {
  const known = weeks.filter((week) => week.spend > 0);
  const leads = sum(known.map((week) => week.leads));
  if (known.length < fewestWeeks || leads < fewestLeads) return null;
  const logs = known.map((week) => Math.log(week.spend));
  let slope = 1;
  for (let round = 0; round < 50; round++) {
    const { gain, weight } = scoreAt(known, logs, leads, slope);
    if (weight < 1e-9) return null;
    const step = Math.max(-1, Math.min(1, gain / weight));
    slope += step;
    if (Math.abs(step) < 1e-9) break;
  }
  const { weight, spread } = scoreAt(known, logs, leads, slope);
  const error = Math.sqrt(spread) / weight;
  return Number.isFinite(slope) && error > 0 ? { value: slope, error } : null;
}

/** First and second derivative of the likelihood of how the leads fell on the weeks, and how far the weeks are off. */
function scoreAt(weeks: Week[], logs: number[], leads: number, slope: number) {
  const top = Math.max(...logs.map((log) => slope * log));
  const shares = logs.map((log) => Math.exp(slope * log - top));
  const all = sum(shares);
  const mean = sum(logs.map((log, at) => (log * (shares[at] ?? 0)) / all));
  const each = weeks.map((week, at) => {
    const share = (shares[at] ?? 0) / all;
    const away = (logs[at] ?? 0) - mean;
    return { gain: (week.leads - leads * share) * away, weight: leads * share * away ** 2 };
  });
  return {
    gain: sum(each.map((one) => one.gain)),
    weight: sum(each.map((one) => one.weight)),
    spread: sum(each.map((one) => one.gain ** 2)),
  };
}

/** Each estimate drawn to their common mean as far as they agree; a missing one is that mean, as sure as they differ. */
export function borrow(found: (Estimate | null)[]): (Estimate | null)[] {
  const known = found.filter((one) => one !== null);
  if (known.length === 0) return found;
  const between = varianceBetween(known);
  const { value: mean, error } = meanOf(known, between);
  return found.map((one) => {
    if (!one) return { value: mean, error: Math.sqrt(error ** 2 + between) };
    const own = between / (between + one.error ** 2);
    const value = own * one.value + (1 - own) * mean;
    return { value, error: Math.sqrt(own * one.error ** 2 + ((1 - own) * error) ** 2) };
  });
}

function varianceBetween(known: Estimate[]): number {
  const weights = known.map(({ error }) => 1 / error ** 2);
  const { value: mean } = meanOf(known, 0);
  const off = sum(known.map(({ value }, at) => (weights[at] ?? 0) * (value - mean) ** 2));
  const scale = sum(weights) - sum(weights.map((one) => one ** 2)) / sum(weights);
  return scale > 0 ? Math.max(0, (off - (known.length - 1)) / scale) : 0;
}

function meanOf(known: Estimate[], between: number): Estimate {
  const weights = known.map(({ error }) => 1 / (error ** 2 + between));
  const value = sum(known.map((one, at) => one.value * (weights[at] ?? 0))) / sum(weights);
  return { value, error: 1 / Math.sqrt(sum(weights)) };
}

/**
 * Marginal ROMI: what the next unit of spend returns above itself. Returns do not grow with spend, so an elasticity
 * above 1 counts as 1: a rise of demand that moves both would else be taken for the work of money.
 */
export function marginalOf(average: Estimate, elasticity: Estimate): Estimate {
  const slope = Math.min(1, Math.max(0, elasticity.value));
  const error = Math.hypot(average.value * elasticity.error, slope * average.error);
  return { value: slope * average.value - 1, error };
}

/**
 * `stop` loses money for sure, `cut` earns it but the last of it does not come back, `scale` earns with the next unit
 * too, `unclear` may be either, `young` has spent less than a few customers usually cost.
 */
export type Verdict = 'stop' | 'cut' | 'scale' | 'unclear' | 'young';

export const verdicts: Verdict[] = ['stop', 'cut', 'scale', 'unclear', 'young'];

/** What at least a campaign has to spend before it is judged, in customers at their usual price. */
const fewestCustomers = 5;

/** `customer` is what a won deal of all campaigns has cost, null when none was won. */
export function judge(
  weeks: Week[],
  average: Estimate | null,
  marginal: Estimate | null,
  customer: number | null,
): Verdict {
  const spent = weeks.filter((week) => week.spend > 0);
  const spend = sum(spent.map((week) => week.spend));
  if (!average || spent.length < fewestWeeks || !customer || spend < fewestCustomers * customer)
    return 'young';
  if (highOf(average) < 1) return 'stop';
  if (!marginal) return 'unclear';
  if (highOf(marginal) < 0) return 'cut';
  return lowOf(marginal) > 0 ? 'scale' : 'unclear';
}

export function sum(values: number[]): number {
  return values.reduce((all, one) => all + one, 0);
}
