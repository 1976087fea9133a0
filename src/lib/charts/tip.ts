import { formatFull, formatChange, type Style } from '../format.ts';
import type { ChartBlock } from '../page.ts';

export type Tip = { title: string; lines: { role: string; title: string; value: string }[]; change: string };

/** What is said when one row of a chart is pointed at or reached by keyboard. */
export function tipOf(
  { spec, rows }: Pick<ChartBlock, 'spec' | 'rows'>,
  at: number,
  style: Style,
): Tip | null {
  const row = rows[at];
  if (!row) return null;
  const lines = spec.series.map((one, index) => ({
    role: one.hue === undefined ? one.role : `${one.role} hue-${one.hue}`,
    title: one.title,
    value: formatFull(row.values[index] ?? null, one.unit, style),
  }));
  const main = row.values[spec.series.findIndex((one) => one.role === 'main')] ?? null;
  const before = row.values[spec.series.findIndex((one) => one.role === 'comparison')] ?? null;
  // of three courses none is the past of another
  const isPair = spec.kind !== 'line' || spec.series.length === 2;
  const change = isPair && main !== null && before ? (main - before) / Math.abs(before) : null;
  return {
    title: row.label,
    lines,
    change: change === null ? '' : formatChange(change, 'relative', 'money', style.locale),
  };
}
