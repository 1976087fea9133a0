import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// The only place that names parts of ECharts: what is not listed here is not in the bundle. SVG, because it
// prints sharp and because the pictures in mails are drawn by the same renderer without a browser.
use([BarChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, TooltipComponent, SVGRenderer]);

export { init };
