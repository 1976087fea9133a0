import type { Cell, Column } from './board.ts';
import { formatDay, formatMonth } from './dates.ts';
import { formatChange, formatValue, nothing, type Style } from './format.ts';

/** A cell as it stands on the page and in mails. */
export function printCell(
  { value }: Pick<Cell, 'value'>,
  { kind }: Pick<Column, 'kind'>,
  style: Style,
): string {
  if (value === null || value === '') return nothing;
  if (kind === 'month') return formatMonth(String(value), style.locale);
  if (kind === 'day') return formatDay(String(value), style.locale);
  if (typeof value === 'string' || kind === 'text') return String(value);
  if (kind === 'points') return formatChange(value, 'difference', 'percent', style.locale);
  if (kind === 'change') return formatChange(value, 'relative', 'percent', style.locale);
  return formatValue(value, kind, style);
}

export const isNumber = ({ kind }: Pick<Column, 'kind'>): boolean => !['text', 'day', 'month'].includes(kind);
