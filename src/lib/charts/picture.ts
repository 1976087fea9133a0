import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import type { ChartBlock } from '../page.ts';
import { init } from './engine.ts';
import { measureWithoutBrowser } from './measure.ts';
import { heightOf, toOption, type Drawing } from './option.ts';

export type Drawn = Pick<ChartBlock, 'spec' | 'rows'>;

measureWithoutBrowser();

/** The chart as an SVG text, drawn without a browser. */
export function drawSvg(block: Drawn, drawing: Drawing, height = heightOf(block)): string {
  return draw(block, drawing, height, (chart) => chart.renderToSVGString());
}

/** What `read` makes of the drawn chart, which is gone thereafter. */
export function draw<Read>(
  block: Drawn,
  drawing: Drawing,
  height: number,
  read: (chart: EChartsType) => Read,
): Read {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: drawing.width, height });
  try {
    chart.setOption(still(toOption(block, drawing)));
    return read(chart);
  } finally {
    chart.dispose();
  }
}

/** Nobody points at a picture, and to be ready for that is a third of the work of drawing one. */
function still(option: EChartsCoreOption): EChartsCoreOption {
  const series = option.series as object[];
  return {
    ...option,
    series: series.map((one) => ({ ...one, silent: true, emphasis: { disabled: true } })),
  };
}
