import type { ChartBlock } from '../page.ts';
import { bar } from './bar.ts';
import { line } from './line.ts';
import { palettes, type Mode } from './palette.ts';
import type { EChartsCoreOption } from 'echarts/core';
import type { Style } from '../format.ts';

export type Drawing = Style & { mode: Mode; width: number; font: string };

/** Rows and a spec become what ECharts draws, the same for the page and for the picture in a mail. */
export function toOption(block: Pick<ChartBlock, 'spec' | 'rows'>, drawing: Drawing): EChartsCoreOption {
  const palette = palettes[drawing.mode];
  const { spec, rows } = block;
  const common = {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: drawing.font, color: palette.text },
  };
  return spec.kind === 'bar'
    ? { ...common, ...bar(spec, rows, drawing, palette) }
    : { ...common, ...line(spec, rows, drawing, palette) };
}

/** Bars grow with their number, a course over time has one height. */
export function heightOf({ spec, rows }: Pick<ChartBlock, 'spec' | 'rows'>): number {
  if (spec.kind !== 'bar') return 260;
  return Math.max(80, rows.length * (spec.series.length > 1 ? 40 : 34) + 12);
}
