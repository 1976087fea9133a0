/** Minutes to wait before a failed load is tried again: after the first failure, the second …; then the last of them. */
export const usualPauses = [1, 5, 15, 30, 60];

/**
 * Milliseconds until the next try after so many failures in a row, a fifth more or less, so that sources that
 * failed together do not come back together.
 */
export function pauseAfter(failures: number, pauses: number[] = usualPauses, random = Math.random()): number {
  const minutes = pauses[Math.min(failures, pauses.length) - 1] ?? pauses.at(-1) ?? 60;
  return minutes * 60_000 * (0.8 + 0.4 * random);
}
