import type { Cell, Column, TableBlock } from '../../board.ts';
import { timeDimension } from '../../explore.ts';
import { formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { cell } from '../board.ts';
import type { Scope } from '../scope.ts';
import type { Question } from './question.ts';
import { read, sameRows, whole, type Answer, type Found } from './rows.ts';
import { best } from './table.ts';
import { wayFrom } from './ways.ts';
import { columnOf, dimensionName, measureColumn, valueName } from './words.ts';

/** What a person can look across; the buckets of a period are kept whole as far as they can be scrolled. */
const mostColumns = 20;
const mostBuckets = 62;
const mostRows = 200;
const mostCells = 50_000;
/** More is asked for than shown, so that what is not known can be put below. */
const mostAsked = 5000;

type Values = (number | null)[];
type Grid = {
  heads: Found[];
  sides: Found[];
  inner: Map<string, Values>;
  below: Answer;
  beside: Answer;
  corner: Values;
};

/**
 * Rows by columns. The figures at the edges are asked for as such: the total of a ratio is the ratio of the whole, and
 * what no column shows is the rest of the row, where the measure adds up.
 */
export async function pivotOf(scope: Scope, question: Question): Promise<Partial<TableBlock>> {
  const { measures, rows: by, across } = question;
  if (across === null) return {};
  const grid = await readGrid(scope, question, across);
  const hasRest = grid.below.total > grid.heads.length && measures.some(({ is_additive }) => is_additive);
  const line = (key: Found['key'], dims: string[], inside: (head: Found) => Values, edge: Values): Cell[] => {
    const shown = grid.heads.map(inside);
    const linked = (at: number, value: number | null, names: string[], values: Found['key']) => {
      const measure = measures[at];
      return cell(value, measure ? wayFrom(scope, question, measure, value, names, values) : null);
    };
    return [
      ...grid.heads.flatMap((head, column) =>
        measures.map((_, at) =>
          linked(at, shown[column]?.[at] ?? null, [...dims, across], [...key, ...head.key]),
        ),
      ),
      ...(hasRest
        ? measures.map((one, at) => cell(one.is_additive ? rest(edge[at] ?? null, shown, at) : null))
        : []),
      ...measures.map((_, at) => linked(at, edge[at] ?? null, dims, key)),
    ];
  };
  const name = (value: string | null, at: number) =>
    cell(by[at] === timeDimension ? value : valueName(question, by[at] ?? '', value, scope));
  return {
    columns: columnsOf(scope, question, across, grid, hasRest),
    order: by[0] === timeDimension ? timeDimension : measures.length > 1 ? '-sum_0' : '-sum',
    rows: grid.sides.map(({ key, values }) => ({
      id: key.map((one) => one ?? '').join(' · '),
      address: null,
      cells: [
        ...key.map(name),
        ...line(key, by, (head) => grid.inner.get(JSON.stringify([...key, ...head.key])) ?? [], values),
      ],
    })),
    total: [
      cell(m.explore_total({}, scope.style)),
      ...by.slice(1).map(() => cell(null)),
      ...line([], [], ({ values }) => values, grid.corner),
    ],
    hidden: grid.beside.total - grid.sides.length,
    sentence: sentenceOf(scope, question, across, grid),
  };
}

/** Both edges first: they say which rows and columns there is room for. */
async function readGrid(scope: Scope, question: Question, across: string): Promise<Grid> {
  const { range } = scope;
  const { measures, rows: by, view } = question;
  const lead = measures[0]?.key ?? null;
  const edge = (dims: string[]) => {
    const order = { measure: dims[0] === timeDimension ? null : lead, isDescending: true };
    return read(scope, question, { range, limit: mostAsked, by: dims, order });
  };
  const [below, beside, corner] = await Promise.all([
    edge([across]),
    edge(by),
    whole(scope, question, range),
  ]);
  const heads =
    across === timeDimension
      ? best(below.rows, measures, null, false).slice(-mostBuckets)
      : best(below.rows, measures, lead, true).slice(0, mostColumns);
  const sides = best(beside.rows, measures, by[0] === timeDimension ? null : lead, true).slice(0, mostRows);
  const only = [
    ...(below.total > heads.length ? sameRows(view.name, [across], heads) : []),
    ...(beside.total > sides.length ? sameRows(view.name, by, sides) : []),
  ];
  const { rows } = await read(scope, question, { by: [...by, across], range, limit: mostCells, only });
  const inner = new Map(rows.map((row) => [JSON.stringify(row.key), row.values]));
  return { heads, sides, inner, below, beside, corner };
}

function columnsOf(scope: Scope, question: Question, across: string, grid: Grid, hasRest: boolean): Column[] {
  const { measures, rows: by } = question;
  const { style } = scope;
  const under = (key: string, title: string): Column[] =>
    measures.map((one, at) => ({
      ...measureColumn(one, scope),
      key: measures.length > 1 ? `${key}_${at}` : key,
      title: measures.length > 1 ? `${title} · ${one.title[style.locale]}` : title,
    }));
  const count = formatCount(grid.below.total - grid.heads.length, style.locale);
  return [
    ...by.map((one) => columnOf(question, one, scope)),
    ...grid.heads.flatMap(({ key }, at) =>
      under(`c${at}`, valueName(question, across, key[0] ?? null, scope)),
    ),
    ...(hasRest ? under('rest', m.series_other({ count }, style)) : []),
    ...under('sum', m.explore_total({}, style)),
  ];
}

function rest(all: number | null, shown: Values[], at: number): number | null {
  return all === null ? null : shown.reduce((left, values) => left - (values[at] ?? 0), all);
}

function sentenceOf(scope: Scope, question: Question, across: string, grid: Grid): string {
  const { style } = scope;
  const { heads, sides, below, beside } = grid;
  const sizes = (shown: number, total: number) => ({
    shown: formatCount(shown, style.locale),
    total: formatCount(total, style.locale),
  });
  const measure = question.measures[0]?.title[style.locale] ?? '';
  const dimension = dimensionName(question, across, scope);
  const parts = [
    beside.total > sides.length && m.explore_first({ ...sizes(sides.length, beside.total), measure }, style),
    below.total > heads.length &&
      m.explore_columns({ ...sizes(heads.length, below.total), dimension }, style),
    question.measures.some((one) => !one.is_additive) && m.explore_ratio_totals({}, style),
  ];
  return parts.filter(Boolean).join(' ');
}
