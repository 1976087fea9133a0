import type { FilterKey } from '../state.ts';
import { memberOf } from '../metrics.ts';
import type { Viewer } from '../viewer.ts';
import * as cube from './cube.ts';

const most = 2000;

/** The values a filter can take for this viewer, those with most deals first; of very many those that contain a text. */
export async function list(viewer: Viewer, key: FilterKey, text = ''): Promise<string[]> {
  return read(viewer, key, text ? { operator: 'contains', values: [text] } : { operator: 'set' });
}

/** Those of the given values that exist for this viewer, however many others there are. */
export async function known(viewer: Viewer, key: FilterKey, values: string[]): Promise<Set<string>> {
  const all = new Set(await list(viewer, key));
  if (values.every((value) => all.has(value))) return all;
  return new Set(await read(viewer, key, { operator: 'equals', values }));
}

type Wanted = { operator: 'contains' | 'equals'; values: string[] } | { operator: 'set' };

async function read(viewer: Viewer, key: FilterKey, wanted: Wanted): Promise<string[]> {
  const member = memberOf('sales', key);
  if (!member) return [];
  const { rows } = await cube.load(viewer, {
    measures: ['sales.deals'],
    dimensions: [member],
    filters: [{ member, ...wanted }],
    order: [['sales.deals', 'desc']],
    limit: most,
  });
  return rows.flatMap((row) => (typeof row[member] === 'string' && row[member] !== '' ? [row[member]] : []));
}
