/** Sums of one part in the two periods; `under` is what the sum is divided by, 1 throughout for a plain sum. */
export type Sides = { before: number; now: number };
export type Part<Key> = { key: Key; over: Sides; under: Sides | null };
export type Share<Key> = { key: Key; change: number };

const total = (parts: { over: Sides; under: Sides | null }[], pick: 'over' | 'under', side: keyof Sides) =>
  parts.reduce((sum, part) => sum + (part[pick]?.[side] ?? 0), 0);

/**
 * What each part has added to the change of the whole; the shares sum to the change.
 *
 * Of a sum it is the part's own difference. Of a quotient N/D it is Δ(n/D) − R̄ Δ(d/D), where R̄ is the mean of both
 * quotients: what the part itself became better or worse at, and how much more or less it weighs, taken together (the
 * midpoint form of Bennet 1920). A part that equals the whole in quotient adds nothing, however it grows. Null where
 * one of the periods has no quotient.
 */
export function shares<Key>(parts: Part<Key>[]): { change: number; shares: Share<Key>[] } | null {
  if (!parts.some(({ under }) => under)) {
    const own = parts.map(({ key, over }) => ({ key, change: over.now - over.before }));
    return { change: own.reduce((sum, { change }) => sum + change, 0), shares: own };
  }
  const [before, now] = [total(parts, 'under', 'before'), total(parts, 'under', 'now')];
  if (before === 0 || now === 0) return null;
  const [was, is] = [total(parts, 'over', 'before') / before, total(parts, 'over', 'now') / now];
  const mean = (was + is) / 2;
  const own = parts.map(({ key, over, under }) => ({
    key,
    change:
      over.now / now -
      over.before / before -
      mean * ((under?.now ?? 0) / now - (under?.before ?? 0) / before),
  }));
  return { change: is - was, shares: own };
}

/**
 * How unevenly a cut tells of a change: 0 where every part changed as it weighed before, 1 where all of the movement is
 * somewhere else. The cut that tells most says the most about the cause (after Adtributor, Bhagwan et al. 2014).
 */
export function unevenness<Key>(parts: Part<Key>[]): number {
  const found = shares(parts);
  if (!found) return 0;
  const pick = parts.some(({ under }) => under) ? 'under' : 'over';
  const whole = parts.reduce((sum, part) => sum + Math.abs(part[pick]?.before ?? 0), 0);
  const moved = found.shares.reduce((sum, { change }) => sum + Math.abs(change), 0);
  if (moved === 0 || whole === 0) return 0;
  const away = found.shares.reduce((sum, { change }, at) => {
    const weight = Math.abs(parts[at]?.[pick]?.before ?? 0) / whole;
    return sum + Math.abs(change - weight * found.change);
  }, 0);
  return away / 2 / moved;
}

/** `way` says how the two make the figure: `times` multiplies, `by` divides the first by the second. */
export type Pair = { way: 'times' | 'by'; first: Sides; second: Sides };

/**
 * What each of two factors has added to the change of their product or quotient: the mean over both orders in which they
 * may have changed (Shapley 1953). The two sum to the change, whatever the signs. Null where the quotient is unknown.
 */
export function factors({ way, first, second }: Pair): { first: number; second: number } | null {
  const [a, b] = [first, way === 'times' ? second : inverse(second)];
  if (!b) return null;
  return {
    first: ((a.now - a.before) * (b.now + b.before)) / 2,
    second: ((b.now - b.before) * (a.now + a.before)) / 2,
  };
}

function inverse({ before, now }: Sides): Sides | null {
  return before === 0 || now === 0 ? null : { before: 1 / before, now: 1 / now };
}
