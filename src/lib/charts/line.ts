import { formatTick } from '../format.ts';
import type { ChartRow, ChartSpec } from '../page.ts';
import type { Drawing } from './option.ts';
import { colourOf, hueOf, hueStrokeOf, strokeOf, type Palette } from './palette.ts';
import { lonely, scaleFor } from './scale.ts';

type TimeSpec = Extract<ChartSpec, { kind: 'line' | 'column' }>;

/** A course over time: gaps stay gaps, the period compared with lies behind in a dashed line. */
export function line(spec: TimeSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const scale = scaleFor(rows.flatMap((row) => row.values));
  const unit = spec.series[0]?.unit ?? 'count';
  const series = spec.series.map((one, at) => {
    const values = rows.map((row) => row.values[at] ?? null);
    return { z: one.role === 'main' ? 3 : 2, ...drawn(spec, one, values, palette) };
  });
  return {
    grid: {
      left: 4,
      right: 12,
      top: 14,
      bottom: 4,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: rows.map((row) => row.label),
      boundaryGap: spec.kind === 'column',
      axisLine: { lineStyle: { color: palette.grid } },
      axisTick: { show: false },
      axisLabel: {
        color: palette.muted,
        fontSize: 12,
        hideOverlap: true,
        margin: 10,
        alignMaxLabel: 'right',
        alignMinLabel: 'left',
      },
    },
    yAxis: {
      type: 'value',
      min: scale.min,
      max: scale.max,
      interval: scale.step,
      splitLine: { lineStyle: { color: palette.grid } },
      axisLabel: {
        color: palette.muted,
        fontSize: 12,
        formatter: (value: number) => formatTick(value, unit, drawing),
      },
    },
    series,
  };
}

function drawn(spec: TimeSpec, one: TimeSpec['series'][number], values: (number | null)[], palette: Palette) {
  const colour = one.hue === undefined ? colourOf(one.role, palette) : hueOf(one.hue, palette);
  if (spec.kind === 'column' && one.role === 'main') {
    return {
      name: one.title,
      type: 'bar',
      data: values,
      barMaxWidth: 28,
      itemStyle: { color: colour, borderRadius: [3, 3, 0, 0] },
    };
  }
  const alone = lonely(values);
  return {
    name: one.title,
    type: 'line',
    data: values.map((value, at) => ({ value, symbol: alone[at] ? 'circle' : 'none' })),
    symbolSize: 6,
    showSymbol: true,
    showAllSymbol: true,
    connectNulls: false,
    lineStyle: {
      color: colour,
      width: one.role === 'main' ? 2.25 : 1.5,
      type: one.hue === undefined ? strokeOf(one.role) : hueStrokeOf(one.hue),
    },
    itemStyle: { color: colour },
    ...(one.role === 'main' && one.hue === undefined ? { areaStyle: { color: palette.mainSoft } } : {}),
  };
}
