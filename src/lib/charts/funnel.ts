import { formatPercent, formatValue } from '../format.ts';
import type { ChartRow, ChartSpec } from '../page.ts';
import { drawnBar, namesAxis } from './bar.ts';
import type { Drawing } from './option.ts';
import { colourOf, type Palette } from './palette.ts';
import { scaleFor } from './scale.ts';

type FunnelSpec = Extract<ChartSpec, { kind: 'funnel' }>;

/**
 * Stages from the first down, all bars from one edge so that their lengths compare. A mark across a bar is where the
 * reference funnel would be; at the end stands how many came and which share of the stage before.
 */
export function funnel(spec: FunnelSpec, rows: ChartRow[], drawing: Drawing, palette: Palette) {
  const scale = scaleFor(rows.flatMap((row) => row.values));
  const main = spec.series.findIndex((one) => one.role === 'main');
  return {
    grid: {
      left: 4,
      right: 4,
      top: 2,
      bottom: 2,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: { type: 'value', min: 0, max: scale.max, show: false },
    yAxis: [namesAxis(rows, drawing, palette, false), endsAxis(rows, main, spec, drawing, palette)],
    series: spec.series.map((one, at) => {
      const values = rows.map((row) => row.values[at] ?? null);
      const colour = colourOf(one.role, palette);
      if (one.role === 'plan')
        return {
          name: one.title,
          type: 'scatter',
          z: 4,
          symbol: 'rect',
          symbolSize: [3, 30],
          itemStyle: { color: colour },
          data: values,
        };
      return {
        name: one.title,
        type: 'bar',
        barMaxWidth: one.role === 'main' ? 22 : 8,
        barGap: '12%',
        data: values.map((value) => drawnBar(value, colour)),
      };
    }),
  };
}

/** The figures stand in a column of their own, where no mark crosses them. */
function endsAxis(rows: ChartRow[], main: number, spec: FunnelSpec, drawing: Drawing, palette: Palette) {
  return {
    type: 'category',
    inverse: true,
    position: 'right',
    data: rows.map((_, at) => endOf(rows, main, at, spec, drawing)),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: palette.text, fontSize: 12.5, interval: 0, margin: 10 },
  };
}

function endOf(rows: ChartRow[], main: number, at: number, spec: FunnelSpec, drawing: Drawing): string {
  const value = rows[at]?.values[main] ?? null;
  const before = rows[at - 1]?.values[main] ?? null;
  const shown = formatValue(value, spec.series[main]?.unit ?? 'count', drawing);
  return value !== null && before ? `${shown} · ${formatPercent(value / before, drawing.locale)}` : shown;
}
