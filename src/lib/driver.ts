import { formatCount, formatValue, type Style } from './format.ts';
import type { Unit } from './page.ts';

/** A factor of the profit formula as people read it; orders of a buyer are few, so their digits count. */
export function formatDriver(
  { driver, unit }: { driver: string; unit: Unit },
  value: number | null,
  style: Style,
): string {
  if (driver === 'orders_each' && value !== null) return formatCount(value, style.locale, 2);
  return formatValue(value, unit, style);
}

/** `+1,2 млн ₽`: the sign is always shown because it is the message. */
export function formatEffect(change: number, unit: Unit, style: Style): string {
  const shown = formatValue(change, unit, style);
  return change > 0 ? `+${shown}` : shown;
}
