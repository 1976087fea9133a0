/**
 * Sums of one period, or of a plan, over the same filter; null where nobody knows one. Each of the first five comes from
 * the one before: leads become buyers, buyers order once or more often (`won`: all won deals), orders bring revenue,
 * revenue leaves gross profit.
 */
export type Totals = {
  leads: number | null;
  buyers: number | null;
  won: number | null;
  revenue: number | null;
  gross_profit: number | null;
  spend: number | null;
};

const chain = ['leads', 'buyers', 'won', 'revenue', 'gross_profit'] as const;
type Link = (typeof chain)[number];

/** A factor is named by the links it leads from and to: the step from orders to revenue is the average deal. */
const names = {
  leads: 'leads',
  buyers: 'buyers',
  won: 'deals_won',
  revenue: 'revenue',
  gross_profit: 'gross_profit',
  'leads-buyers': 'acquisition',
  'leads-won': 'conversion',
  'leads-revenue': 'lead_value',
  'leads-gross_profit': 'lead_value',
  'buyers-won': 'orders_each',
  'won-revenue': 'average_deal',
  'won-gross_profit': 'deal_profit',
  'revenue-gross_profit': 'margin',
} as const;

export type DriverName = (typeof names)[keyof typeof names] | 'spend';
export type Part = { driver: DriverName; from: number | null; to: number | null; change: number };
export type Decomposition = {
  /** gross profit without an account of spend is a target of its own */
  target: Link | 'profit';
  from: number;
  to: number;
  change: number;
  /** in the order of the formula; they sum to the change */
  parts: Part[];
  method: 'lmdi' | 'substitution';
  /** the driver with the largest loss; null where nothing got worse */
  bottleneck: DriverName | null;
  /** sums that one of the two sides does not know, so no factor tells of them */
  missing: (keyof Totals)[];
};

/**
 * Splits the change of profit over its factors: profit = leads × conversion × orders of each buyer (1 + repeat orders) ×
 * average deal × margin − spend. It gives back gross_profit − spend of both sides, since each factor is the quotient of
 * two sums that follow each other; null where even the last sums are unknown.
 *
 * A link that one side does not know, or that is zero where a later one is not (deals won in a month without leads), is
 * taken out on both sides: its neighbours make one factor. Without gross profit the last sum known is what is split.
 */
export function decompose(before: Totals, after: Totals): Decomposition | null {
  const known = chain.filter((link) => isKnown(before[link]) && isKnown(after[link]));
  const last = known.at(-1);
  if (!last) return null;
  const links = known.filter((link, at) =>
    [before, after].every(
      (side) => side[link] !== 0 || known.slice(at + 1).every((later) => side[later] === 0),
    ),
  );
  const [x0, x1] = [toFactors(before, links), toFactors(after, links)];
  const { changes, method } = split(x0, x1);
  const parts: Part[] = links.map((link, at) => ({
    driver: nameOf(links[at - 1], link),
    from: x0[at] ?? null,
    to: x1[at] ?? null,
    change: changes[at] ?? 0,
  }));
  const hasSpend = last === 'gross_profit' && isKnown(before.spend) && isKnown(after.spend);
  const [out, spent] = hasSpend ? [before.spend!, after.spend!] : [0, 0];
  if (hasSpend) parts.push({ driver: 'spend', from: out, to: spent, change: out - spent });
  const [from, to] = [before[last]! - out, after[last]! - spent];
  const worst = parts.reduce((a, b) => (b.change < a.change ? b : a));
  return {
    target: hasSpend ? 'profit' : last,
    from,
    to,
    change: to - from,
    parts,
    method,
    bottleneck: worst.change < 0 ? worst.driver : null,
    missing: [...chain.filter((link) => !known.includes(link)), ...(hasSpend ? [] : (['spend'] as const))],
  };
}

const isKnown = (value: number | null) => value !== null && Number.isFinite(value);

function nameOf(from: Link | undefined, to: Link): DriverName {
  // Buyers are only counted where all orders are, so no other pair occurs.
  return names[(from ? `${from}-${to}` : to) as keyof typeof names];
}

/** The first sum and the quotients of each with the one before; an average of nothing has no value. */
function toFactors(side: Totals, links: Link[]): (number | null)[] {
  return links.map((link, at) => {
    const before = at === 0 ? 1 : side[links[at - 1]!]!;
    return before === 0 ? null : side[link]! / before;
  });
}

/**
 * How much each factor has changed a product, exactly: P = Π xₖ changes by Σ L(P₁, P₀) · ln(xₖ₁ / xₖ₀), with the
 * logarithmic mean L(a, b) = (a − b) / ln(a / b) and L(a, a) = a: the logarithmic mean Divisia index (LMDI I, additive).
 * Source: B. W. Ang, «The LMDI approach to decomposition analysis: a practical guide», Energy Policy 33 (2005), 867–871.
 *
 * A factor that is zero or changes its sign has no such logarithm: then the factors are substituted one after another,
 * which is exact too, but gives what they did together to the later one. One without a value (an average of nothing) is
 * taken as unchanged: a zero before it says all.
 */
export function split(
  old: (number | null)[],
  now: (number | null)[],
): { changes: number[]; method: Decomposition['method'] } {
  const x0 = old.map((value, i) => value ?? now[i] ?? 0);
  const x1 = now.map((value, i) => value ?? old[i] ?? 0);
  const divided = divideByLogarithms(x0, x1);
  return divided
    ? { changes: divided, method: 'lmdi' }
    : { changes: substitute(x0, x1), method: 'substitution' };
}

const multiply = (factors: number[]) => factors.reduce((a, b) => a * b, 1);

function divideByLogarithms(x0: number[], x1: number[]): number[] | null {
  if (x0.some((value, i) => value === 0 || Math.sign(value) !== Math.sign(x1[i]!))) return null;
  // A quotient of very unequal factors would overflow, their logarithms don't.
  const logarithms = x0.map((value, i) => Math.log(Math.abs(x1[i]!)) - Math.log(Math.abs(value)));
  const sum = logarithms.reduce((a, b) => a + b, 0);
  // L(P₁, P₀) by the larger of the two and ln(P₁ / P₀): where they are close, their difference would have no digits left.
  const larger = multiply(sum > 0 ? x1 : x0);
  const mean = sum === 0 ? larger : (larger * -Math.expm1(-Math.abs(sum))) / Math.abs(sum);
  return logarithms.map((logarithm) => mean * logarithm);
}

function substitute(x0: number[], x1: number[]): number[] {
  return x0.map((value, i) => multiply([...x1.slice(0, i), ...x0.slice(i + 1)]) * (x1[i]! - value));
}
