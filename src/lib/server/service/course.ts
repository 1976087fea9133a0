import type { ChartPart } from '../../board.ts';
import { formatBucket } from '../../dates.ts';
import { get } from '../../metrics.ts';
import type { ChartSpec } from '../../page.ts';
import { metricTitle } from '../../words.ts';
import { block, chartBlock, down } from '../board.ts';
import { trend } from '../figures.ts';
import type { Scope } from '../scope.ts';

/** How a figure of service went through the period. */
function course(
  scope: Scope,
  id: string,
  metric: string,
  kind: 'line' | 'column',
  by: string,
): Promise<ChartPart> {
  const { style } = scope;
  const title = metricTitle(metric, style.locale);
  const empty = chartBlock(scope, { id, title, metric, href: down(scope, metric, { by }) });
  return block<ChartPart>(scope, [metric], empty, async () => {
    const { unit } = get(metric);
    const { grain, points } = await trend(scope, get(metric), scope.range);
    const spec: ChartSpec = { kind, grain, series: [{ key: 'value', title, unit, role: 'main' }] };
    return {
      spec,
      rows: points.map(({ at, value }) => ({
        x: at,
        label: formatBucket(at, grain, style.locale),
        values: [value],
        href: null,
      })),
    };
  });
}

export const complaints = (scope: Scope) =>
  course(scope, 'complaints', 'service.complaints', 'column', 'cause');
export const resolution = (scope: Scope) =>
  course(scope, 'resolution', 'service.resolution_hours_median', 'line', 'cause');
export const score = (scope: Scope) => course(scope, 'nps', 'nps.nps', 'line', 'score');
