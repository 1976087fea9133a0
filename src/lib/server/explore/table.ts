import type { Cell, CellKind, Column, Row, TableBlock } from '../../board.ts';
import { timeDimension } from '../../explore.ts';
import { formatCount } from '../../format.ts';
import type { Unit } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { sortingOf } from '../../table.ts';
import { cell, tableBlock } from '../board.ts';
import { changeOf } from '../figures.ts';
import type { Scope } from '../scope.ts';
import type { Measure, Question } from './question.ts';
import { read, whole, type Found } from './rows.ts';
import { wayFrom } from './ways.ts';
import { cardsOf } from './cards.ts';
import { columnOf, measureColumn, valueName } from './words.ts';

export const resultId = 'result';

/** More than a page can show is asked for, so that what is not known can be put below in the app. */
const mostAsked = 5000;

/** One row for each combination, the figures of all rows below: a ratio there is that of the whole, not a sum. */
export async function tableOf(scope: Scope, question: Question, limit: number): Promise<Partial<TableBlock>> {
  const { measures, rows: by } = question;
  const { style, comparison } = scope;
  const isCompared = comparison !== null && !by.includes(timeDimension) && measures.length === 1;
  const columns = columnsOf(scope, question, isCompared && measures[0]?.date != null);
  const order = orderOf(question);
  const sorting = sortingOf({ ...tableBlock(resultId, ''), columns, order }, scope.state.sort);
  const measure = measures.find(({ key }) => key === sorting?.key)?.key ?? null;
  const { rows, total } = await read(scope, question, {
    by,
    range: scope.range,
    order: { measure, isDescending: sorting?.isDescending ?? false },
    limit: Math.max(mostAsked, limit),
  });
  const shown = best(rows, measures, measure, sorting?.isDescending ?? false).slice(0, limit);
  const [toCard, all, before] = await Promise.all([
    cardsOf(scope, question, shown),
    whole(scope, question, scope.range),
    columns.some(({ key }) => key === 'before') ? past(scope, question, shown) : null,
  ]);
  const lead = measures.find(({ key }) => key === measure) ?? measures[0];
  const hidden = total - shown.length;
  const sizes = { shown: formatCount(shown.length, style.locale), total: formatCount(total, style.locale) };
  return {
    columns,
    order,
    rows: shown.map((row) => rowOf(scope, question, row, before, toCard)),
    total: totalOf(scope, question, all, before),
    hidden,
    sentence:
      hidden > 0 && lead
        ? m.explore_first({ ...sizes, measure: lead.title[style.locale] }, style)
        : m.explore_rows({ count: total, shown: sizes.total }, style),
  };
}

/** What `changeOf` tells of fractions and scores is a difference, of all else a relation. */
const changeKinds: Partial<Record<Unit, CellKind>> = { percent: 'points', score: 'score' };

function columnsOf(scope: Scope, question: Question, isCompared: boolean): Column[] {
  const { rows, measures } = question;
  const [first] = measures;
  return [
    ...rows.map((one) => columnOf(question, one, scope)),
    ...measures.map((one) => measureColumn(one, scope)),
    ...(isCompared && first
      ? [
          { ...measureColumn(first, scope), key: 'before', title: scope.comparison?.label ?? '', about: '' },
          {
            key: 'change',
            title: m.drill_change({}, scope.style),
            about: '',
            kind: changeKinds[first.unit] ?? ('change' as const),
          },
        ]
      : []),
  ];
}

/** A course stands in its order, all else with the largest first. */
export function orderOf({ rows, measures }: Question): string | null {
  return rows[0] === timeDimension ? timeDimension : `-${measures[0]?.key ?? ''}`;
}

/** Largest first, what is not known below; dimensions are sorted by the table itself. */
export function best(rows: Found[], measures: Measure[], key: string | null, isDescending: boolean): Found[] {
  const at = measures.findIndex((one) => one.key === key);
  if (at < 0) return rows.toSorted((a, b) => String(a.key[0] ?? '').localeCompare(String(b.key[0] ?? '')));
  const sign = isDescending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [one, other] = [a.values[at] ?? null, b.values[at] ?? null];
    if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
    return sign * (one - other);
  });
}

async function past(scope: Scope, question: Question, shown: Found[]) {
  const { comparison } = scope;
  if (!comparison) return null;
  const range = { from: comparison.from, to: comparison.to };
  const wanted = new Set(shown.map(({ key }) => JSON.stringify(key)));
  const [{ rows }, all] = await Promise.all([
    read(scope, question, { by: question.rows, range, limit: 50_000 }),
    whole(scope, question, range),
  ]);
  const known = rows.flatMap(({ key, values }): [string, number | null][] => {
    const id = JSON.stringify(key);
    return wanted.has(id) ? [[id, values[0] ?? null]] : [];
  });
  return { found: new Map(known), whole: all[0] ?? null };
}

type Past = Awaited<ReturnType<typeof past>>;

function rowOf(
  scope: Scope,
  question: Question,
  { key, values }: Found,
  before: Past,
  toCard: Awaited<ReturnType<typeof cardsOf>>,
): Row {
  const { rows: by, measures } = question;
  const names = key.map((value, at) => {
    const name = by[at] ?? '';
    return cell(
      name === timeDimension ? value : valueName(question, name, value, scope),
      name === 'customer' && value !== null ? toCard(value) : null,
    );
  });
  const figures = measures.map((one, at) => {
    const value = values[at] ?? null;
    return cell(value, wayFrom(scope, question, one, value, by, key));
  });
  const id = key.map((one) => one ?? '').join(' · ');
  const then = before && (before.found.get(idOf(key)) ?? (measures[0]?.is_additive ? 0 : null));
  return {
    id,
    cells: [...names, ...figures, ...changes(measures[0], values[0] ?? null, then, before)],
    address: null,
  };
}

const idOf = (key: Found['key']) => JSON.stringify(key);

function changes(
  measure: Measure | undefined,
  now: number | null,
  then: number | null,
  before: Past,
): Cell[] {
  if (!before || !measure) return [];
  const { change } = changeOf(measure, now, then);
  const isGood = measure.direction === 'up_is_good' ? 1 : measure.direction === 'down_is_good' ? -1 : 0;
  const tone =
    change === null || !isGood || Math.abs(change) < 0.005 ? null : change * isGood > 0 ? 'good' : 'bad';
  return [cell(then), cell(change, null, { tone })];
}

function totalOf(scope: Scope, question: Question, all: (number | null)[], before: Past): Cell[] {
  const { rows: by, measures } = question;
  return [
    cell(m.explore_total({}, scope.style)),
    ...by.slice(1).map(() => cell(null)),
    ...measures.map((one, at) =>
      cell(all[at] ?? null, wayFrom(scope, question, one, all[at] ?? null, [], [])),
    ),
    ...changes(measures[0], all[0] ?? null, before?.whole ?? null, before),
  ];
}
