import type { FilterKey } from '../state.ts';
import { memberOf } from '../metrics.ts';
import type { Viewer } from '../viewer.ts';
import * as cube from './cube.ts';

const most = 2000;

/** The values a filter can take for this viewer, those with most deals first. */
export async function list(viewer: Viewer, key: FilterKey): Promise<string[]> {
  const member = memberOf('sales', key);
  if (!member) return [];
  const { rows } = await cube.load(viewer, {
    measures: ['sales.deals'],
    dimensions: [member],
    order: [['sales.deals', 'desc']],
    limit: most,
  });
  return rows.flatMap((row) => (typeof row[member] === 'string' && row[member] !== '' ? [row[member]] : []));
}
