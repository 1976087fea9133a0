import { defaults, link } from '../state.ts';
import type { Cell } from './result.ts';

/** The page of all deals that a customer ever had, whoever kept them. */
export function historyOf(customer: Cell): string | null {
  if (!customer) return null;
  const state = { ...defaults, period: { preset: 'all' as const }, by: 'customer', part: String(customer) };
  return link('/drill/sales.deals', state);
}
