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
    chart.setOption(toOption(block, drawing));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
