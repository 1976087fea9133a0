export type Share = { key: string | null; value: number };

/** `share` is what the chosen parts hold of all, `count` how many parts there are. */
export type Concentration = { chosen: Share[]; share: number; count: number };

/**
 * The smallest set of parts that holds at least `least` of the whole (a fraction): the largest first, since no other set
 * of as many parts holds more. Null where there is no whole. Parts of equal size follow their order in the question.
 */
export function concentrate(parts: Share[], least = 0.8): Concentration | null {
  const known = parts.filter(({ value }) => value > 0).toSorted((a, b) => b.value - a.value);
  const whole = known.reduce((sum, { value }) => sum + value, 0);
  if (whole <= 0) return null;
  const chosen: Share[] = [];
  let held = 0;
  for (const part of known) {
    // a sum of fractions may end a hair below the limit that it has reached
    if (held >= least * whole - whole * 1e-9) break;
    chosen.push(part);
    held += part.value;
  }
  return { chosen, share: held / whole, count: known.length };
}

/** Worth a sentence: few hold most. Where half of the parts or more are needed, the whole is spread evenly. */
export function isConcentrated({ chosen, count }: Concentration): boolean {
  return count > 1 && chosen.length <= 5 && chosen.length / count <= 0.5;
}
