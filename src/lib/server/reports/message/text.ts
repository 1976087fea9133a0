import type { Style } from '../../../format.ts';
import type { ChartBlock, HomePage, Kpi } from '../../../page.ts';
import { m } from '../../../paraglide/messages.js';
import { clean } from './html.ts';
import { writeIncidents } from './incidents.ts';
import { tellInsights } from './insight.ts';
import { describeKpi, describeRows, tabulate } from './words.ts';

export type Letter = {
  page: HomePage;
  style: Style;
  /** company, title, period and the like, one line each */
  head: string[];
  alerts: string[];
  foot: string[];
};

/** The whole report for those who read no HTML: a mail program on a watch, a search, a screen reader. */
export function writeText({ page, style, head, alerts, foot }: Letter): string {
  const kpis = page.kpis.filter(isShown).flatMap((kpi) => writeKpi(kpi, style));
  const charts = page.charts.filter(isShown).map((block) => writeChart(block, style));
  const told = tellInsights(page, style).map(({ title, lines, notes, isFailed }) => [
    title.toUpperCase(),
    ...(isFailed ? [m.state_failed({}, style)] : []),
    ...lines,
    ...notes,
  ]);
  const sections = [
    head,
    writeIncidents(page.incidents, style),
    alerts,
    [m.mail_figures({}, style).toUpperCase(), ...kpis],
    ...told,
    ...charts,
    foot,
  ];
  return join(sections);
}

/** Paragraphs with an empty line between them; what a name hides cannot break a line. */
export function join(sections: string[][]): string {
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => clean(line).trimEnd()).join('\n'))
    .join('\n\n')}\n`;
}

export function isShown({ state }: { state: string }): boolean {
  return state !== 'not_connected';
}

export function writeKpi(kpi: Kpi, style: Style): string[] {
  if (kpi.state === 'failed') return [`- ${kpi.title}: ${m.state_failed({}, style)}. ${kpi.error ?? ''}`];
  const { value, change, before, plan } = describeKpi(kpi, style);
  const against = [change, before].filter((part) => part !== null).join(', ');
  return [
    `- ${kpi.title}: ${value}${against && ` (${against})`}`,
    ...(plan ? [`  ${plan}`] : []),
    ...(kpi.sentence ? [`  ${kpi.sentence}`] : []),
    ...ignored(kpi, style).map((line) => `  ${line}`),
  ];
}

export function writeChart(block: ChartBlock, style: Style): string[] {
  const title = block.title.toUpperCase();
  if (block.state === 'failed') return [title, `${m.state_failed({}, style)}. ${block.error ?? ''}`];
  const figures = describeRows(block, style);
  if (figures.length === 0) return [title, block.sentence || m.state_empty({}, style)];
  const lines = block.spec.kind === 'bar' ? lineUp(block, style) : figures.map((line) => `- ${line}`);
  return [title, ...(block.sentence ? [block.sentence] : []), ...ignored(block, style), ...lines];
}

function ignored({ ignored_filters }: Pick<Kpi, 'ignored_filters'>, style: Style): string[] {
  return ignored_filters.length > 0 ? [m.filter_ignored({ titles: ignored_filters.join(', ') }, style)] : [];
}

const widest = 32;

/** Columns that line up in any fixed font; a name that is too long goes over its column rather than be cut. */
function lineUp(block: ChartBlock, style: Style): string[] {
  const { head, body } = tabulate(block, style);
  const rows = [head, ...body];
  const widths = head.map((_, at) => Math.max(...rows.map((row) => [...(row[at] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((text, at) => {
        const width = at === 0 ? Math.min(widest, widths[0] ?? 0) : (widths[at] ?? 0);
        return at === 0 ? text.padEnd(width) : text.padStart(width);
      })
      .join('  '),
  );
}
