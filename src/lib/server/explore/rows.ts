import { timeDimension } from '../../explore.ts';
import type { Condition } from '../../metrics.ts';
import type { Range } from '../../period.ts';
import { filtersIn, type CubeQuery } from '../../query.ts';
import * as cube from '../cube.ts';
import { toNumber, type Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import type { Measure, Question } from './question.ts';

/** `key` is in the order of the dimensions asked, null for records without a value; a bucket is its first day. */
export type Found = { key: (string | null)[]; values: (number | null)[] };
export type Answer = { rows: Found[]; total: number };

type Cut = {
  by: string[];
  range: Range | null;
  /** which measure decides about what is left out; null orders by the first dimension */
  order?: { measure: string | null; isDescending: boolean };
  limit: number;
  only?: Condition[];
};

/** What may come back for the rows that the first question has settled on. */
const mostBeside = 50_000;

/**
 * The measures by some dimensions. Each is cut by its own date, so it takes a question for each date; where there are
 * more rows than the limit, the one that orders says which, and the others are asked about these.
 */
export async function read(scope: Scope, question: Question, cut: Cut): Promise<Answer> {
  const { measures, view } = question;
  const lead = measures.find(({ key }) => key === cut.order?.measure) ?? measures[0];
  if (!lead) return { rows: [], total: 0 };
  const dates = [...new Set([lead.date, ...measures.map(({ date }) => date)])];
  const of = (date: string | null) => measures.filter((one) => one.date === date);
  const first = await ask(scope, question, of(lead.date), { ...cut, limit: cut.limit }, lead);
  const isCut = first.total > first.rows.length;
  const only = isCut ? sameRows(view.name, cut.by, first.rows) : [];
  const rest = { ...cut, limit: mostBeside, only: [...(cut.only ?? []), ...only] };
  const others = await Promise.all(dates.slice(1).map((date) => ask(scope, question, of(date), rest, null)));
  const answers = [first, ...others];
  const keys = new Map(
    (isCut ? [first] : answers).flatMap(({ rows }) =>
      rows.map(({ key }) => [JSON.stringify(key), key] as const),
    ),
  );
  const columns = measures.map((measure) => columnOf(scope, measure, answers, dates, of));
  const rows = [...keys].map(([id, key]) => ({ key, values: columns.map((value) => value(id)) }));
  return { rows, total: isCut ? first.total : rows.length };
}

/** A sum over records of which there is none is 0 beside what another date has; a ratio of them is not known. */
function columnOf(
  { freshness }: Scope,
  measure: Measure,
  answers: Answer[],
  dates: (string | null)[],
  of: (date: string | null) => Measure[],
): (id: string) => number | null {
  const at = of(measure.date).indexOf(measure);
  const answer = answers[dates.indexOf(measure.date)];
  const found = new Map(answer?.rows.map(({ key, values }) => [JSON.stringify(key), values[at] ?? null]));
  const isKnown = freshness.lacking({ entities: measure.sources, needs: measure.needs }).length === 0;
  const absent = measure.is_additive && isKnown ? 0 : null;
  return (id) => (found.has(id) ? (found.get(id) ?? null) : absent);
}

async function ask(
  scope: Scope,
  question: Question,
  measures: Measure[],
  { by, range, order, limit, only = [] }: Cut,
  lead: Measure | null,
): Promise<Answer> {
  const { view, grain, where } = question;
  const date = measures[0]?.date ?? null;
  const hasTime = by.includes(timeDimension);
  const cuts = by.filter((one) => one !== timeDimension).map((one) => `${view.name}.${one}`);
  const query: CubeQuery = {
    measures: measures.map(({ name }) => name),
    dimensions: cuts,
    timeDimensions:
      date && (range || hasTime)
        ? [
            {
              dimension: date,
              ...(range ? { dateRange: [range.from, range.to] as [string, string] } : {}),
              ...(hasTime ? { granularity: grain } : {}),
            },
          ]
        : [],
    filters: [...filtersIn(view.name, scope.state).filters, ...where, ...only],
    order: orderOf(lead, order, cuts, hasTime ? date : null),
    limit,
    timezone: scope.timezone,
  };
  const { rows } = await cube.load(scope.viewer, query);
  const readAll = (found: Row[]) => found.map((row) => toFound(row, question, by, measures));
  if (rows.length < limit || by.length === 0) return { rows: readAll(rows), total: rows.length };
  const { total } = await cube.load(scope.viewer, { ...query, limit: 1, total: true });
  if (!lead || !order?.measure || !order.isDescending)
    return { rows: readAll(rows), total: total ?? rows.length };
  // PostgreSQL sorts what is unknown above all that is known: there, it would be all one sees.
  const known: Condition = { member: lead.name, operator: 'set' };
  const best = await cube.load(scope.viewer, { ...query, filters: [...(query.filters ?? []), known] });
  return { rows: readAll(best.rows), total: total ?? rows.length };
}

function orderOf(
  lead: Measure | null,
  order: Cut['order'],
  cuts: string[],
  date: string | null,
): CubeQuery['order'] {
  const names = [...(date ? [date] : []), ...cuts].map((one): [string, 'asc' | 'desc'] => [one, 'asc']);
  return lead && order?.measure ? [[lead.name, order.isDescending ? 'desc' : 'asc'], ...names] : names;
}

function toFound(row: Row, { view, grain }: Question, by: string[], measures: Measure[]): Found {
  const date = measures[0]?.date ?? '';
  return {
    key: by.map((one) => {
      const raw = one === timeDimension ? row[`${date}.${grain}`] : row[`${view.name}.${one}`];
      if (raw === null || raw === undefined || raw === '') return null;
      return one === timeDimension ? String(raw).slice(0, 10) : String(raw);
    }),
    values: measures.map(({ name }) => toNumber(row[name])),
  };
}

/** The rows found, as a condition on the dimension that tells most of them apart. */
export function sameRows(view: string, by: string[], rows: Found[]): Condition[] {
  const spans = by
    .map((dimension, at) => ({ dimension, values: [...new Set(rows.map(({ key }) => key[at] ?? null))] }))
    .filter(({ dimension }) => dimension !== timeDimension)
    .toSorted((a, b) => b.values.length - a.values.length);
  const [best] = spans;
  if (!best) return [];
  const member = `${view}.${best.dimension}`;
  const values = best.values.filter((one) => one !== null);
  const equals: Condition = { member, operator: 'equals', values };
  const absent: Condition = { member, operator: 'notSet' };
  if (values.length === best.values.length) return [equals];
  return [values.length ? { or: [equals, absent] } : absent];
}

/** The figure over all rows, which no sum of ratios gives: Cube counts it anew. */
export async function whole(
  scope: Scope,
  question: Question,
  range: Range | null,
): Promise<(number | null)[]> {
  const { rows } = await read(scope, question, { by: [], range, limit: 1 });
  return question.measures.map((_, at) => rows[0]?.values[at] ?? null);
}
