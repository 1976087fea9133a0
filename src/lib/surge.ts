export type Pair = { key: string | null; now: number; before: number };

/** `z` is how many standard deviations the part's share of the events lies above that of all others. */
export type Surge = Pair & { z: number };

const fewest = 10;
const limit = 3;

/**
 * Parts that have risen against all others, the surest first. Of the n events of a part in two spans, `now` is binomial with
 * the others' share p of the later span, if nothing has happened to it: z = (now − n p) / √(n p (1 − p)). That the whole
 * has risen, or a month was longer, cancels out. Fewer than 10 events say nothing.
 * J. Przyborowski, H. Wilenski, Homogeneity of results in testing samples from Poisson series, Biometrika 31 (1940).
 */
export function surges(pairs: Pair[]): Surge[] {
  const all = pairs.reduce((sum, { now, before }) => ({ now: sum.now + now, before: sum.before + before }), {
    now: 0,
    before: 0,
  });
  return pairs
    .flatMap((pair) => {
      const [now, before] = [all.now - pair.now, all.before - pair.before];
      const events = pair.now + pair.before;
      if (pair.now < fewest) return [];
      // a single part, or others without events, leave equal spans to compare with
      const others = now + before >= fewest && now > 0 && before > 0 ? now / (now + before) : 0.5;
      // that the others have fallen makes nobody rise
      const p = Math.max(0.5, others);
      const z = (pair.now - events * p) / Math.sqrt(events * p * (1 - p));
      return z >= limit ? [{ ...pair, z }] : [];
    })
    .toSorted((a, b) => b.z - a.z);
}
