import type { Board, FiguresBlock, NotesBlock, TableBlock } from '../../board.ts';
import { columnTitle } from '../../words.ts';
import type { Style } from '../../format.ts';
import type { ChartBlock, Kpi, ProfitBlock, RiskBlock } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { State } from '../../state.ts';
import { sortRows, sortingOf } from '../../table.ts';
import { amount, type Sheet } from './sheet.ts';

type Chart = Pick<ChartBlock, 'id' | 'title' | 'spec' | 'rows'>;

const none = () => [];

/** The rows of a table as they stand on the page, in the chosen order. */
export function tableSheet(block: TableBlock, state: State, { locale }: Style): Sheet {
  const rows = sortRows(block, sortingOf(block, state.sort), locale);
  return {
    id: block.id,
    title: block.title,
    columns: block.columns.map(({ title, kind }) => ({ title, kind })),
    rows: rows.map(({ cells }) => block.columns.map((_, at) => cells[at]?.value ?? null)),
    total: block.total ? block.columns.map((_, at) => block.total?.[at]?.value ?? null) : null,
    notes: () => (block.hidden > 0 ? [m.board_hidden({ count: String(block.hidden) }, { locale })] : []),
  };
}

/** The figures under a chart: days on a course over time, else names. */
export function chartSheet({ id, title, spec, rows }: Chart, { locale }: Style): Sheet {
  const isCourse = 'grain' in spec;
  const grains = { day: m.grain_day, week: m.grain_week, month: m.grain_month };
  const first = isCourse ? grains[spec.grain]({}, { locale }) : spec.dimension_title;
  return {
    id: `chart-${id}`,
    title,
    columns: [
      { title: first, kind: isCourse ? 'day' : 'text' },
      ...spec.series.map((one) => ({ title: one.title, kind: one.unit })),
    ],
    rows: rows.map(({ x, label, values }) => [
      isCourse ? x.slice(0, 10) : label,
      ...spec.series.map((_, at) => values[at] ?? null),
    ]),
    total: null,
    notes: none,
  };
}

type Shown = Pick<Kpi, 'title' | 'value' | 'comparison_value' | 'change' | 'change_kind' | 'unit'> & {
  plan?: Kpi['plan'];
};

/** One figure to a row, each in its own unit. */
export function figureSheet(id: string, title: string, figures: Shown[], style: Style): Sheet {
  const isPlanned = figures.some(({ plan }) => plan);
  const titles = [
    m.exports_column_metric({}, style),
    m.drill_value({}, style),
    m.drill_before({}, style),
    m.drill_change({}, style),
    ...(isPlanned ? [m.exports_column_plan({}, style), m.exports_column_completion({}, style)] : []),
  ];
  return {
    id,
    title,
    columns: titles.map((one, at) => ({ title: one, kind: at === 0 ? 'text' : 'count' })),
    rows: figures.map((one) => [
      one.title,
      amount(one.value, one.unit),
      amount(one.comparison_value, one.unit),
      one.change_kind === 'relative' || one.unit === 'percent'
        ? { value: one.change, kind: 'points' }
        : amount(one.change, one.unit),
      ...(isPlanned
        ? [amount(one.plan?.plan ?? null, one.unit), amount(one.plan?.completion ?? null, 'percent')]
        : []),
    ]),
    total: null,
    notes: none,
  };
}

/** What made the difference, by driver, in each of the views. */
export function profitSheets({ views, title }: ProfitBlock, style: Style): Sheet[] {
  return views.map((view) => ({
    id: `profit-${view.key}`,
    title: `${title}, ${view.title}`,
    columns: [
      { title: m.exports_column_driver({}, style), kind: 'text' },
      { title: m.drill_before({}, style), kind: 'count' },
      { title: m.drill_value({}, style), kind: 'count' },
      { title: m.exports_column_effect({}, style), kind: view.unit },
    ],
    rows: view.parts.map((part) => [
      part.title,
      amount(part.from, part.unit),
      amount(part.to, part.unit),
      part.change,
    ]),
    total: [view.target, amount(view.from, view.unit), amount(view.to, view.unit), view.change],
    notes: () => [view.sentence, ...view.notes].filter(Boolean),
  }));
}

export function riskSheet({ title, rows, sentence, hidden }: RiskBlock, style: Style): Sheet {
  const money = (key: string) => ({ title: columnTitle(key, style.locale), kind: 'money' as const });
  return {
    id: 'risks',
    title,
    columns: [
      { title: m.exports_column_manager({}, style), kind: 'text' },
      money('plan'),
      money('fact'),
      money('forecast'),
      { title: m.exports_column_missing({}, style), kind: 'money' },
    ],
    rows: rows.map((one) => [one.name, one.plan, one.fact, one.forecast, one.missing]),
    total: null,
    notes: () =>
      [sentence, hidden > 0 ? m.board_hidden({ count: String(hidden) }, style) : ''].filter(Boolean),
  };
}

/** Every block of a page of sections that has something to show. */
export function boardSheets({ sections }: Board, state: State, style: Style): Sheet[] {
  return sections.flatMap(({ title, blocks }) =>
    blocks.flatMap((block) => {
      if (block.state !== 'ok') return [];
      if (block.block === 'figures') return [figures(block, title, style)];
      if (block.block === 'notes') return [noteSheet(block)];
      return [block.block === 'chart' ? chartSheet(block, style) : tableSheet(block, state, style)];
    }),
  );
}

/** Sentences are rows of one column. */
function noteSheet({ id, title, notes }: NotesBlock): Sheet {
  const rows = notes.map(({ text }) => [text]);
  return { id, title, columns: [{ title, kind: 'text' }], rows, total: null, notes: none };
}

function figures(block: FiguresBlock, section: string, style: Style): Sheet {
  return figureSheet(`figures-${block.id}`, block.title || section, block.figures, style);
}
