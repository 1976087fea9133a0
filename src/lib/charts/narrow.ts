import { filterKeyOf } from '../metrics.ts';
import type { ChartBlock, ChartRow } from '../page.ts';
import { link, parse } from '../state.ts';

/**
 * The same page narrowed to what a row of its chart stands for; null where there is no such filter, or it is chosen
 * already. A page one level down chooses its parts by itself.
 */
export function narrowedTo(url: URL, { spec, metric }: Pick<ChartBlock, 'spec' | 'metric'>, { x }: ChartRow) {
  if (!('dimension' in spec) || x === '' || url.pathname.startsWith('/drill/')) return null;
  const key = filterKeyOf(metric.split('.')[0] ?? '', spec.dimension);
  const { state } = parse(url.searchParams);
  if (key === null || state.filters[key]?.includes(x)) return null;
  return link(url.pathname, { ...state, filters: { ...state.filters, [key]: [x] }, page: 1 });
}
