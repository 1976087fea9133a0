import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

// The only place that names parts of ECharts. It draws on the server alone, as SVG without a browser: the page has
// its charts in the first HTML and needs no script for them, and a mail has the same ones.
use([BarChart, LineChart, ScatterChart, GridComponent, MarkAreaComponent, SVGRenderer]);

export { init };
