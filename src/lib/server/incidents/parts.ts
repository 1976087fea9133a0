import type { Reason } from './rule.ts';
import type { Part } from './trailing.ts';

/** The part that stands for most of it, if there is one. */
export function largest(parts: Part[], measure: string, whole: number): Reason[] {
  const [first] = sorted(parts, measure);
  if (!first) return [];
  return [{ key: 'mostly', names: [first.name], count: first.sum, share: first.sum / Math.max(1, whole) }];
}

export function sorted(parts: Part[], ...measures: string[]): { name: string; sum: number }[] {
  return parts
    .flatMap(({ name, sums }) =>
      name === null ? [] : [{ name, sum: measures.reduce((sum, one) => sum + (sums[one] ?? 0), 0) }],
    )
    .filter(({ sum }) => sum > 0)
    .sort((a, b) => b.sum - a.sum);
}
