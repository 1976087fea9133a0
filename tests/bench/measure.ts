/** The value below which a share of them lies, between the two nearest by straight line. */
export function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}

export const median = (values: number[]): number => quantile(values, 0.5);
export const p95 = (values: number[]): number => quantile(values, 0.95);

/** Milliseconds of each of so many turns, one after another. */
export async function repeat(turns: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < turns; turn++) times.push(await time(() => work(turn)));
  return times;
}

export async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Milliseconds and ratios as a reader wants them: three digits, and no more than one behind the point. */
export const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
export const times = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ×`;
