import { formatValue } from '../format.ts';
import type { ChartRow, ChartSpec } from '../page.ts';
import type { Drawing } from './option.ts';
import { colourOf, type Palette } from './palette.ts';
import { scaleFor } from './scale.ts';

type BarSpec = Extract<ChartSpec, { kind: 'bar' }>;

/** Parts of a whole, largest on top, each with its figure at the end so that no axis has to be read. */
export function bar(spec: BarSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const scale = scaleFor(rows.flatMap((row) => row.values));
  const names = Math.round(Math.min(190, Math.max(84, drawing.width * 0.36)));
  return {
    grid: { left: 4, right: 78, top: 2, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: { type: 'value', min: scale.min, max: scale.max, show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.label),
      axisLine: { show: scale.min < 0, lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      axisLabel: { color: palette.text, fontSize: 13, width: names, overflow: 'truncate', margin: 12 },
    },
    series: spec.series.map((one, at) => ({
      name: one.title,
      type: 'bar',
      barMaxWidth: one.role === 'main' ? 16 : 6,
      barGap: '15%',
      data: rows.map((row) => drawnBar(row.values[at] ?? null, colourOf(one.role, palette))),
      label: {
        show: one.role === 'main',
        position: 'right',
        color: palette.muted,
        fontSize: 12,
        formatter: ({ value }: { value: unknown }) =>
          formatValue(typeof value === 'number' ? value : null, one.unit, drawing),
      },
    })),
  };
}

function drawnBar(value: number | null, colour: string) {
  if (value === null) return { value: null };
  // The figure of a negative bar stands beyond zero, where no other bar can cover it.
  if (value >= 0) return { value, itemStyle: { color: colour, borderRadius: [0, 3, 3, 0] } };
  return { value, itemStyle: { color: colour, borderRadius: [3, 0, 0, 3], opacity: 0.65 } };
}
