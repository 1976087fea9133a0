/** What profit is made of: leads × conversion × average_deal × margin × (1 + repeat_orders) − spend. */
export type Drivers = {
  leads: number;
  /** leads that became customers, of all leads */
  conversion: number | null;
  average_deal: number | null;
  margin: number | null;
  /** further orders for each first one */
  repeat_orders: number | null;
  spend: number;
};

/** Sums of one period, or of a plan, over the same filter. */
export type Totals = {
  leads: number;
  won: number;
  /** those of the won deals that were not a customer's first */
  repeat_won?: number;
  revenue: number;
  gross_profit: number;
  spend: number;
};

export type DriverName = keyof Drivers;
export type Part = { driver: DriverName; from: number | null; to: number | null; change: number };
export type Decomposition = {
  from: number;
  to: number;
  change: number;
  /** in the order of the formula; they sum to the change */
  parts: Part[];
  method: 'lmdi' | 'substitution';
  /** the driver with the largest loss; null where nothing got worse */
  bottleneck: DriverName | null;
};

const factorNames = ['leads', 'conversion', 'average_deal', 'margin', 'repeat_orders'] as const;

function divide(a: number, b: number): number | null {
  return b === 0 ? null : a / b;
}

/** The drivers of a period; their formula gives back gross_profit − spend. */
export function toDrivers({ leads, won, repeat_won = 0, revenue, gross_profit, spend }: Totals): Drivers {
  const first = won - repeat_won;
  return {
    leads,
    conversion: divide(first, leads),
    average_deal: divide(revenue, won),
    margin: divide(gross_profit, revenue),
    repeat_orders: divide(repeat_won, first),
    spend,
  };
}

/** Profit by the formula; null where a driver is unknown and no other makes the product zero. */
export function toProfit(drivers: Drivers): number | null {
  const product = multiply(toFactors(drivers));
  return product === null ? null : product - drivers.spend;
}

/**
 * Splits the change of profit over its drivers, for two periods or a plan and its fact; null where a driver is unknown.
 *
 * A product P = Π xₖ changes by Σ L(P₁, P₀) · ln(xₖ₁ / xₖ₀), with the logarithmic mean L(a, b) = (a − b) / ln(a / b) and
 * L(a, a) = a: the logarithmic mean Divisia index (LMDI I, additive), exact and without a remainder. Spend is a summand
 * and has its own change. Source: B. W. Ang, «The LMDI approach to decomposition analysis: a practical guide»,
 * Energy Policy 33 (2005), 867–871.
 *
 * A factor that is zero or changes its sign has no such logarithm: then the factors are substituted one after another in
 * the order of the formula, which is exact too, but gives what they did together to the later one.
 */
export function decompose(before: Drivers, after: Drivers): Decomposition | null {
  const profits = [toProfit(before), toProfit(after)] as const;
  if (profits[0] === null || profits[1] === null) return null;
  const [from, to] = profits;
  // What has no value here (an average of nothing) is taken as unchanged: a zero before it says all.
  const [old, now] = [toFactors(before), toFactors(after)];
  const x0 = old.map((value, i) => value ?? now[i] ?? 0);
  const x1 = now.map((value, i) => value ?? old[i] ?? 0);
  const divided = divideByLogarithms(x0, x1);
  const changes = divided ?? substitute(x0, x1);
  const parts: Part[] = factorNames.map((driver, i) => ({
    driver,
    from: before[driver],
    to: after[driver],
    change: changes[i]!,
  }));
  parts.push({ driver: 'spend', from: before.spend, to: after.spend, change: before.spend - after.spend });
  const worst = parts.reduce((a, b) => (b.change < a.change ? b : a));
  return {
    from,
    to,
    change: to - from,
    parts,
    method: divided ? 'lmdi' : 'substitution',
    bottleneck: worst.change < 0 ? worst.driver : null,
  };
}

function toFactors(drivers: Drivers): (number | null)[] {
  return factorNames.map((name) => {
    const value = drivers[name];
    if (value === null || !Number.isFinite(value)) return null;
    return name === 'repeat_orders' ? 1 + value : value;
  });
}

function multiply(factors: (number | null)[]): number | null {
  if (factors.includes(0)) return 0;
  return factors.reduce(
    (product, factor) => (product === null || factor === null ? null : product * factor),
    1,
  );
}

function divideByLogarithms(x0: number[], x1: number[]): number[] | null {
  if (x0.some((value, i) => value === 0 || Math.sign(value) !== Math.sign(x1[i]!))) return null;
  // A quotient of very unequal factors would overflow, their logarithms don't.
  const logarithms = x0.map((value, i) => Math.log(Math.abs(x1[i]!)) - Math.log(Math.abs(value)));
  const sum = logarithms.reduce((a, b) => a + b, 0);
  // L(P₁, P₀) by the larger of the two and ln(P₁ / P₀): where they are close, their difference would have no digits left.
  const larger = multiply(sum > 0 ? x1 : x0)!;
  const mean = sum === 0 ? larger : (larger * -Math.expm1(-Math.abs(sum))) / Math.abs(sum);
  return logarithms.map((logarithm) => mean * logarithm);
}

function substitute(x0: number[], x1: number[]): number[] {
  return x0.map((value, i) => {
    const others = [...x1.slice(0, i), ...x0.slice(i + 1)].reduce((a, b) => a * b, 1);
    return others * (x1[i]! - value);
  });
}
