import { cardPath } from '../card.ts';
import type { Viewer } from '../viewer.ts';
import * as cube from './cube.ts';
import { historyOf } from './history.ts';
import { toNumber, type Cell, type Row } from './result.ts';

const most = 5000;

/** Leads to a customer's card, or where this viewer may not open it, to those of the deals that he may see. */
export type Cards = (key: Cell | undefined, name: Cell | undefined) => string | null;

/**
 * The cards of the customers that some rows name. A deal may belong to somebody whose customer is another's: a link to a
 * card that would be refused is not offered.
 */
export async function read(viewer: Viewer, rows: Row[], member = 'customer_key'): Promise<Cards> {
  const keys = [...new Set(rows.flatMap((row) => toNumber(row[member]) ?? []))];
  const open = await visible(viewer, keys);
  return (key, name) => {
    const number = toNumber(key);
    return number !== null && open.has(number) ? cardPath(number) : historyOf(name ?? null);
  };
}

async function visible(viewer: Viewer, keys: number[]): Promise<Set<number>> {
  if (keys.length === 0) return new Set();
  const { rows } = await cube.load(viewer, {
    dimensions: ['customers.customer_key'],
    filters: [{ member: 'customers.customer_key', operator: 'equals', values: keys.map(String) }],
    limit: most,
  });
  return new Set(rows.flatMap((row) => toNumber(row['customers.customer_key']) ?? []));
}
