import type { Block, ChartPart } from '../../board.ts';
import { timeDimension } from '../../explore.ts';
import { formatCount, formatValue } from '../../format.ts';
import { formatBucket } from '../../dates.ts';
import type { ChartRow, ChartSpec, Series } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { bucketsOf, type Range } from '../../period.ts';
import { fill } from '../figures.ts';
import type { Scope } from '../scope.ts';
import type { Measure, Question } from './question.ts';
import { read, whole, type Found } from './rows.ts';
import { best } from './table.ts';
import { wayTo } from './ways.ts';
import { cutName, dimensionName, valueName } from './words.ts';

const mostBars = 20;
/** More lines than colours and strokes that stay apart are read by nobody. */
const mostLines = 6;
const mostAsked = 5000;

type Drawn = { spec: ChartSpec; rows: ChartRow[]; sentence: string };

/** One picture for each measure: two units never share an axis. */
export async function chartsOf(scope: Scope, question: Question): Promise<Block[]> {
  const { measures, rows: by } = question;
  const others = by.filter((one) => one !== timeDimension);
  const draw = !by.includes(timeDimension) ? bars : others.length ? lines : course;
  const drawn = await Promise.all(measures.map((one) => draw(scope, question, one, others)));
  return measures.map((one, at): ChartPart => {
    const { spec, rows, sentence } = drawn[at] ?? { rows: [], sentence: '', spec: noSpec };
    const title = one.title[scope.style.locale];
    const cuts = by.map((name) => cutName(question, name, scope));
    return {
      block: 'chart',
      id: one.key,
      metric: one.name,
      title: `${title}: ${cuts.join(', ').toLocaleLowerCase(scope.style.locale)}`,
      sentence,
      spec,
      rows,
      state: 'ok',
      href: wayTo(scope, question, one, [], []) ?? `/metrics#${one.name}`,
      ignored_filters: [],
      as_of: scope.freshness.asOf(one.sources),
    };
  });
}

const noSpec: ChartSpec = { kind: 'bar', dimension: '', dimension_title: '', series: [] };

/** The largest parts; what the others make together is said, since a bar of it would dwarf them. */
async function bars(scope: Scope, question: Question, measure: Measure): Promise<Drawn> {
  const { rows: by } = question;
  const { style } = scope;
  const one = { ...question, measures: [measure] };
  const order = { measure: measure.key, isDescending: true };
  const { rows, total } = await read(scope, one, { by, range: scope.range, order, limit: mostAsked });
  const known = best(rows, one.measures, measure.key, true).filter(({ values }) => values[0] != null);
  const shown = known.slice(0, mostBars);
  return {
    spec: {
      kind: 'bar',
      dimension: by.join(','),
      dimension_title: by.map((name) => dimensionName(question, name, scope)).join(', '),
      series: [main(measure, scope)],
      ...(shown.some(({ values }) => (values[0] ?? 0) < 0) ? { is_signed: true } : {}),
    },
    rows: shown.map(({ key, values }) => ({
      x: key.map((value) => value ?? '').join(' · '),
      label: key.map((value, at) => valueName(question, by[at] ?? '', value, scope)).join(' · '),
      values: [values[0] ?? null],
      href: wayTo(scope, question, measure, by, key),
    })),
    sentence:
      total > shown.length
        ? await restOf(scope, one, measure, shown, total)
        : m.explore_rows({ count: total, shown: formatCount(total, style.locale) }, style),
  };
}

async function restOf(
  scope: Scope,
  question: Question,
  measure: Measure,
  shown: Found[],
  total: number,
): Promise<string> {
  const { style } = scope;
  const sizes = { shown: formatCount(shown.length, style.locale), total: formatCount(total, style.locale) };
  if (!measure.is_additive) return m.explore_first({ ...sizes, measure: measure.title[style.locale] }, style);
  const [all] = await whole(scope, question, scope.range);
  const sum = shown.reduce((left, { values }) => left + (values[0] ?? 0), 0);
  const others = formatValue((all ?? 0) - sum, measure.unit, style);
  return m.explore_first_and_rest({ ...sizes, rest: others }, style);
}

/** The course of one measure, with that of the period compared with behind it. */
async function course(scope: Scope, question: Question, measure: Measure): Promise<Drawn> {
  const { style, range, comparison } = scope;
  const { grain } = question;
  const then = comparison && { from: comparison.from, to: comparison.to };
  const [now, before] = await Promise.all([
    points(scope, question, measure, range),
    then ? points(scope, question, measure, then) : [],
  ]);
  const series: Series[] = [main(measure, scope)];
  if (comparison)
    series.push({ ...main(measure, scope), key: 'before', title: comparison.label, role: 'comparison' });
  return {
    spec: { kind: 'line', grain, series },
    rows: now.map(({ at, value }, index) => ({
      x: at,
      label: formatBucket(at, grain, style.locale),
      values: comparison ? [value, before[index]?.value ?? null] : [value],
      href: wayTo(scope, question, measure, [timeDimension], [at]),
    })),
    sentence: '',
  };
}

/** The courses of the largest parts; the others are in the table. */
async function lines(scope: Scope, question: Question, measure: Measure, by: string[]): Promise<Drawn> {
  const { style, range } = scope;
  const { grain } = question;
  const one = { ...question, measures: [measure] };
  const order = { measure: measure.key, isDescending: true };
  const parts = await read(scope, one, { by, range, order, limit: mostAsked });
  const shown = best(parts.rows, one.measures, measure.key, true).slice(0, mostLines);
  const courses = await Promise.all(
    shown.map(({ key }) =>
      points(scope, { ...one, where: [...one.where, ...conditionsAt(question, by, key)] }, measure, range),
    ),
  );
  const starts = courses.flatMap((all) => all.map(({ at }) => at));
  const span = range ?? { from: starts.toSorted()[0] ?? '', to: starts.toSorted().at(-1) ?? '' };
  const buckets = span.from ? bucketsOf(span, grain) : [];
  const found = courses.map((all) => new Map(all.map(({ at, value }) => [at, value])));
  const sizes = {
    shown: formatCount(shown.length, style.locale),
    total: formatCount(parts.total, style.locale),
  };
  return {
    spec: {
      kind: 'line',
      grain,
      series: shown.map(({ key }, at) => ({
        ...main(measure, scope),
        key: `part${at}`,
        title: key.map((value, index) => valueName(question, by[index] ?? '', value, scope)).join(' · '),
        hue: at,
      })),
    },
    rows: buckets.map((at) => ({
      x: at,
      label: formatBucket(at, grain, style.locale),
      values: found.map((values) => values.get(at) ?? null),
      href: wayTo(scope, question, measure, [timeDimension], [at]),
    })),
    sentence: parts.total > shown.length ? m.explore_largest(sizes, style) : '',
  };
}

function conditionsAt({ view }: Question, by: string[], key: Found['key']) {
  return by.map((name, at) => {
    const member = `${view.name}.${name}`;
    const value = key[at] ?? null;
    return value === null
      ? { member, operator: 'notSet' as const }
      : { member, operator: 'equals' as const, values: [value] };
  });
}

async function points(scope: Scope, question: Question, measure: Measure, range: Range | null) {
  const one = { ...question, measures: [measure] };
  const { rows } = await read(scope, one, { by: [timeDimension], range, limit: mostAsked });
  const found = new Map(
    rows.flatMap(({ key: [at], values }) => (at == null ? [] : [[at, values[0] ?? null] as const])),
  );
  const { at } = scope.freshness.asOf(measure.sources);
  const fresh = at ? new Date(at).toLocaleDateString('sv-SE', { timeZone: scope.timezone }) : null;
  return fill(found, range, question.grain, measure, fresh);
}

const main = (measure: Measure, { style }: Scope): Series => ({
  key: 'value',
  title: measure.title[style.locale],
  unit: measure.unit,
  role: 'main',
});
