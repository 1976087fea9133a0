import type { ChartBlock } from '../page.ts';
import { bar } from './bar.ts';
import { funnel } from './funnel.ts';
import { line } from './line.ts';
import type { Palette } from './palette.ts';
import { scatter, scatterHeight } from './scatter.ts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Style } from '../format.ts';

export type Drawing = Style & { palette: Palette; width: number; font: string };

/** Rows and a spec become what ECharts draws, the same for the page and for the picture in a mail; nothing moves in it. */
export function toOption(block: Pick<ChartBlock, 'spec' | 'rows'>, drawing: Drawing): EChartsCoreOption {
  const { palette } = drawing;
  const { spec, rows } = block;
  const common = {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: drawing.font, color: palette.text },
  };
  switch (spec.kind) {
    case 'bar':
      return { ...common, ...bar(spec, rows, drawing, palette) };
    case 'funnel':
      return { ...common, ...funnel(spec, rows, drawing, palette) };
    case 'scatter':
      return { ...common, ...scatter(spec, rows, drawing, palette) };
    default:
      return { ...common, ...line(spec, rows, drawing, palette) };
  }
}

/** Bars grow with their number, a course over time has one height. */
export function heightOf({ spec, rows }: Pick<ChartBlock, 'spec' | 'rows'>): number {
  if (spec.kind === 'scatter') return scatterHeight;
  if ('grain' in spec) return 260;
  const perRow = spec.kind === 'funnel' ? 50 : spec.series.length > 1 ? 40 : 34;
  return Math.max(80, rows.length * perRow + 12);
}
