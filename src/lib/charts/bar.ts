import { formatValue } from '../format.ts';
import type { Band, ChartRow, ChartSpec } from '../page.ts';
import { fold } from './fold.ts';
import type { Drawing } from './option.ts';
import { colourOf, type Palette } from './palette.ts';
import { scaleFor } from './scale.ts';

/** how wide a letter of an axis is, at most */
const letter = 7.6;

type BarSpec = Extract<ChartSpec, { kind: 'bar' }>;

/** Parts of a whole, largest on top, each with its figure at the end so that no axis has to be read. */
export function bar(spec: BarSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const scale = scaleFor([...rows.flatMap((row) => row.values), spec.band?.to ?? null]);
  const main = spec.series.findIndex(({ role }) => role === 'main');
  const unit = spec.series[main]?.unit ?? 'count';
  const figures = rows.map((row) => formatValue(row.values[main] ?? null, unit, drawing));
  const right = 14 + Math.max(3, ...figures.map((text) => text.length)) * letter;
  return {
    grid: { left: 4, right, top: 2, bottom: 2, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: { type: 'value', min: scale.min, max: scale.max, show: false },
    yAxis: namesAxis(rows, drawing, palette, scale.min < 0),
    series: spec.series.map((one, at) => ({
      name: one.title,
      type: 'bar',
      barMaxWidth: one.role === 'main' ? 16 : 6,
      barGap: '15%',
      data: rows.map((row) =>
        drawnBar(
          row.values[at] ?? null,
          spec.is_signed && (row.values[at] ?? 0) < 0 ? palette.bad : colourOf(one.role, palette),
        ),
      ),
      ...(spec.band && one.role === 'main' ? { markArea: bandArea(spec.band, palette) } : {}),
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

function bandArea({ from, to }: Band, palette: Palette) {
  return {
    silent: true,
    itemStyle: { color: palette.mainSoft },
    data: [[{ xAxis: from }, { xAxis: to }]],
  };
}

/** The parts from the top down, their names as far as there is room. */
export function namesAxis(rows: ChartRow[], drawing: Drawing, palette: Palette, hasLine: boolean) {
  const names = Math.round(Math.min(200, Math.max(96, drawing.width * 0.38)));
  return {
    type: 'category',
    inverse: true,
    data: rows.map((row) => fold(row.label, Math.floor(names / letter))),
    axisLine: { show: hasLine, lineStyle: { color: palette.grid } },
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
  };
}

export function drawnBar(value: number | null, colour: string) {
  if (value === null) return { value: null };
  // The figure of a negative bar stands beyond zero, where no other bar can cover it.
  if (value >= 0) return { value, itemStyle: { color: colour, borderRadius: [0, 3, 3, 0] } };
  return { value, itemStyle: { color: colour, borderRadius: [3, 0, 0, 3], opacity: 0.65 } };
}
