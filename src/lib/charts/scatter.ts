import { formatValue } from '../format.ts';
import type { ChartRow, ChartSpec, Series } from '../page.ts';
import { fold } from './fold.ts';
import { placeLabels } from './labels.ts';
import type { Drawing } from './option.ts';
import type { Palette } from './palette.ts';
import { scaleFor } from './scale.ts';

type ScatterSpec = Extract<ChartSpec, { kind: 'scatter' }>;

/** px, whatever the number of points */
export const scatterHeight = 340;
/** px of the picture beside the points: what the figures and names of the axes take, about */
const edge = { left: 78, right: 24, top: 28, bottom: 48 };

/** Where each stands by two figures; names stand beside the points as far as they do not cover each other. */
export function scatter(spec: ScatterSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const [across, up] = spec.series;
  const at = (index: number) => rows.map((row) => row.values[index] ?? null);
  const [xs, ys] = [spanOf(at(0)), scaleFor(at(1))];
  const names = rows.map(({ label }) => fold(label, 24));
  const [wide, high] = [drawing.width - edge.left - edge.right, scatterHeight - edge.top - edge.bottom];
  const sides = placeLabels(
    rows.map(({ values: [x, y] }, index) =>
      isKnown(x) && isKnown(y)
        ? {
            x: edge.left + ((x - xs.min) / (xs.max - xs.min)) * wide,
            y: edge.top + ((ys.max - y) / (ys.max - ys.min)) * high,
            text: names[index] ?? '',
          }
        : null,
    ),
    drawing.width,
  );
  return {
    grid: {
      left: 8,
      right: edge.right,
      top: edge.top,
      bottom: 26,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: { ...axis(across, xs, drawing, palette), nameLocation: 'middle', nameGap: 28 },
    yAxis: {
      ...axis(up, ys, drawing, palette),
      nameTextStyle: { color: palette.muted, align: 'left', padding: [0, 0, 0, -30] },
    },
    series: [
      {
        type: 'scatter',
        symbolSize: 12,
        itemStyle: { color: palette.main, opacity: 0.85 },
        // a row without one of the two figures has no place, but keeps its index for keyboard and links
        data: rows.map(({ values: [x, y] }, index) => ({
          value: isKnown(x) && isKnown(y) ? [x, y] : [null, null],
          label: {
            show: drawing.width >= 420 && sides[index] != null,
            position: sides[index] ?? 'right',
            formatter: () => names[index] ?? '',
          },
        })),
        label: { color: palette.muted, fontSize: 11.5 },
      },
    ],
  };
}

const isKnown = (value: number | null | undefined): value is number => typeof value === 'number';

/** A position is not read by its length: the axis across starts near the smallest value, not at zero. */
export function spanOf(values: (number | null)[]): { min: number; max: number; step: number } {
  const known = values.filter(isKnown);
  if (known.length === 0) return { min: 0, max: 1, step: 1 };
  const low = Math.min(...known);
  const { step } = scaleFor([0, Math.max(...known) - low || Math.abs(low) || 1]);
  return {
    min: Math.floor(low / step) * step,
    max: Math.ceil((Math.max(...known) + step / 10) / step) * step,
    step,
  };
}

function axis(
  series: Series | undefined,
  scale: { min: number; max: number; step: number },
  drawing: Drawing,
  palette: Palette,
) {
  return {
    type: 'value',
    name: series?.title ?? '',
    nameTextStyle: { color: palette.muted },
    min: scale.min,
    max: scale.max,
    interval: scale.step,
    axisLine: { lineStyle: { color: palette.grid } },
    splitLine: { lineStyle: { color: palette.grid } },
    axisLabel: {
      color: palette.muted,
      fontSize: 12,
      hideOverlap: true,
      formatter: (value: number) => formatValue(value, series?.unit ?? 'count', drawing),
    },
  };
}
