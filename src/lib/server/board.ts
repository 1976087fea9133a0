import type { Block, Cell, ChartPart, FiguresBlock, Head, NotesBlock, TableBlock, Tone } from '../board.ts';
import { noPick } from '../explore.ts';
import { get, type Condition } from '../metrics.ts';
import type { Grain } from '../page.ts';
import type { Range } from '../period.ts';
import { filtersIn, type CubeQuery } from '../query.ts';
import { link, print, type State } from '../state.ts';
import { dimensionTitle, tellLack } from '../words.ts';
import * as cube from './cube.ts';
import { numberIn } from './figures.ts';
import { toNumber, type Row } from './result.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';

/** What stands above the sections of every such page; `metrics` are those it is counted from. */
export async function headOf(
  scope: Scope,
  texts: Pick<Head, 'title' | 'lead'>,
  metrics: string[],
): Promise<Head> {
  return {
    ...texts,
    ...scope.style,
    timezone: scope.timezone,
    generated_at: new Date().toISOString(),
    data_version: await cube.dataVersion(),
    as_of: scope.freshness.asOf([...new Set(metrics.flatMap((name) => get(name).entities))]),
    period: scope.period,
    comparison: scope.comparison,
    filters: scope.filters,
    notices: scope.notices,
    state: print(scope.state),
  };
}

type Question = {
  view: string;
  measures: string[];
  by?: string[];
  /** the time dimension that the range cuts, and what it is cut into */
  time?: string;
  range?: Range | null;
  grain?: Grain;
  where?: Condition[];
  order?: [string, 'asc' | 'desc'][];
  limit?: number;
};

const most = 5000;

/** Rows of one view, narrowed by the chosen filters; names of members are those within the view. */
export async function ask(
  scope: Pick<Scope, 'viewer' | 'state' | 'timezone'>,
  question: Question,
): Promise<Row[]> {
  const { view, measures, by = [], time, range, grain, where = [], order = [], limit = most } = question;
  const member = (name: string) => `${view}.${name}`;
  const query: CubeQuery = {
    measures: measures.map(member),
    dimensions: by.map(member),
    timeDimensions:
      time && (range || grain)
        ? [
            {
              dimension: member(time),
              ...(range ? { dateRange: [range.from, range.to] as [string, string] } : {}),
              ...(grain ? { granularity: grain } : {}),
            },
          ]
        : [],
    filters: [...filtersIn(view, scope.state).filters, ...where],
    order: order.map(([name, way]) => [member(name), way]),
    limit,
    timezone: scope.timezone,
  };
  const { rows } = await cube.load(scope.viewer, query);
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.slice(view.length + 1), value])),
  );
}

export const numberOf = (row: Row | undefined, name: string) => numberIn(row, name);

/** A name out of a row; null stands for records that have none. */
export function nameOf(row: Row, dimension: string): string | null {
  const raw = row[dimension];
  return raw === null || raw === undefined || raw === '' ? null : String(raw);
}

/** The rows of one dimension by their name. */
export function keyed(rows: Row[], dimension: string): Map<string, Row> {
  return new Map(rows.map((row) => [nameOf(row, dimension) ?? '', row]));
}

type Way = Partial<Pick<State, 'filters' | 'period' | 'by' | 'part' | 'within'>>;

/** The page one level down from a figure, with the filters of this page and what `way` says beside them. */
export function down(scope: Pick<Scope, 'state'>, metric: string, way: Way = {}): string {
  const { state } = scope;
  const filters = { ...state.filters, ...way.filters };
  return link(`/drill/${metric}`, {
    ...state,
    by: null,
    part: null,
    within: [],
    sort: null,
    whole: [],
    page: 1,
    q: null,
    pick: noPick,
    ...way,
    filters,
  });
}

type Judged = { tone?: Tone | null; share?: number | null; note?: string };

export function cell(
  value: Cell['value'] | undefined,
  href: string | null = null,
  judged: Judged = {},
): Cell {
  return {
    value: value ?? null,
    href,
    tone: judged.tone ?? null,
    share: judged.share ?? null,
    note: judged.note ?? '',
  };
}

/** A figure of a row of Cube as a cell. */
export function figure(row: Row | undefined, name: string, href: string | null, judged: Judged = {}): Cell {
  const value = toNumber(row?.[name]);
  return cell(value, value === null ? null : href, judged);
}

/**
 * A block that fails alone: `empty` is what stands there while nothing is known, `metrics` are those that it shows.
 */
export async function block<One extends Block>(
  scope: Scope,
  metrics: string[],
  empty: One,
  work: () => Promise<Partial<One>>,
): Promise<One> {
  const { locale } = scope.style;
  const known = metrics.map(get);
  const missing = [...new Set(known.flatMap((metric) => scope.freshness.lacking(metric)))];
  const views = [...new Set(metrics.map((name) => name.split('.')[0] ?? ''))];
  const ignored = [...new Set(views.flatMap((view) => filtersIn(view, scope.state).ignored))];
  const base = { ...empty, ignored_filters: ignored.map((key) => dimensionTitle(key, locale)) };
  if (missing.length) {
    const { needs, lack } = tellLack(missing, locale);
    return { ...base, state: 'not_connected', needs, sentence: lack };
  }
  const outcome = await safely(empty.id, locale, work);
  return 'value' in outcome
    ? { ...base, ...outcome.value }
    : { ...base, state: 'failed', error: outcome.error };
}

const blank = { sentence: '', state: 'ok' as const, ignored_filters: [] };

export function figuresBlock(id: string, title: string): FiguresBlock {
  return { block: 'figures', id, title, figures: [], ...blank };
}

export function notesBlock(id: string, title: string): NotesBlock {
  return { block: 'notes', id, title, notes: [], ...blank };
}

export function tableBlock(id: string, title: string, order: string | null = null): TableBlock {
  return { block: 'table', id, title, columns: [], rows: [], total: null, order, hidden: 0, ...blank };
}

export function chartBlock(
  { freshness }: Scope,
  { id, title, metric, href }: Pick<ChartPart, 'id' | 'title' | 'metric' | 'href'>,
): ChartPart {
  const spec = { kind: 'bar' as const, dimension: '', dimension_title: '', series: [] };
  const as_of = freshness.asOf(get(metric).entities);
  return { block: 'chart', id, title, metric, href, spec, rows: [], as_of, ...blank };
}
