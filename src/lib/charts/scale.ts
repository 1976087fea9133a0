/** Where a value axis starts and ends, and how far its ticks are apart. */
export type Scale = { min: number; max: number; step: number };

const steps = [1, 2, 2.5, 5, 10];

/**
 * Round ticks that hold all values. The axis starts at zero: a column or an area is read by its length. All
 * gaps or all zeros still give an axis, so that an empty chart does not look broken.
 */
export function scaleFor(values: (number | null)[], ticks = 4): Scale {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  const low = Math.min(0, ...known);
  const high = Math.max(0, ...known);
  if (low === high) return { min: 0, max: 1, step: 1 };
  const rough = (high - low) / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (steps.find((factor) => rough / power <= factor + 1e-9) ?? 10);
  return {
    min: clean(Math.floor(low / step + 1e-9) * step),
    max: clean(Math.ceil(high / step - 1e-9) * step),
    step: clean(step),
  };
}

function clean(value: number): number {
  return value === 0 ? 0 : Number(value.toPrecision(12));
}

/** A point without neighbours draws no line, so it needs a mark of its own. */
export function lonely(values: (number | null)[]): boolean[] {
  return values.map(
    (value, at) => value !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null,
  );
}
