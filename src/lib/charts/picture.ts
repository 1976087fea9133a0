import type { EChartsCoreOption } from 'echarts/core';
import type { ChartBlock } from '../page.ts';
import { init } from './engine.ts';
import { heightOf, toOption, type Drawing } from './option.ts';

/** The chart as an SVG text, drawn without a browser. */
export function drawSvg(
  block: Pick<ChartBlock, 'spec' | 'rows'>,
  drawing: Drawing,
  height = heightOf(block),
) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: drawing.width, height });
  try {
    chart.setOption(still(toOption(block, drawing)));
    return chart.renderToSVGString();
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
