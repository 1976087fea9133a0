/** What a customer of one month of first purchase has brought by each month since, from month 0 on. */
export type Course = (number | null)[];

/**
 * The month in which what a customer has brought first covers what winning one cost; null while it has not. Months are
 * counted from that of the first purchase, which is 0. A customer that cost nothing is paid for at once.
 */
export function payback(ltv: Course, cost: number | null): number | null {
  if (cost === null) return null;
  const at = ltv.findIndex((value) => value !== null && value >= cost);
  return at < 0 ? null : at;
}

/** What is known last. */
export function latest(course: Course): number | null {
  return course.findLast((value) => value !== null) ?? null;
}
