import { formatValue } from '../format.ts';
import type { ChartRow, ChartSpec } from '../page.ts';
import { fold } from './fold.ts';
import type { Drawing } from './option.ts';
import { colourOf, type Palette } from './palette.ts';
import { scaleFor } from './scale.ts';

/** how wide a letter of an axis is, about */
const letter = 7.2;

type BarSpec = Extract<ChartSpec, { kind: 'bar' }>;

/** Parts of a whole, largest on top, each with its figure at the end so that no axis has to be read. */
export function bar(spec: BarSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const scale = scaleFor(rows.flatMap((row) => row.values));
  const names = Math.round(Math.min(200, Math.max(96, drawing.width * 0.38)));
  const perLine = Math.floor(names / letter);
  return {
    grid: { left: 4, right: 78, top: 2, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: { type: 'value', min: scale.min, max: scale.max, show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => fold(row.label, perLine)),
      axisLine: { show: scale.min < 0, lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      axisLabel: {
        color: palette.text,
        fontSize: 12.5,
        lineHeight: 15,
        width: names,
        overflow: 'truncate',
        margin: 12,
        interval: 0,
      },
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
