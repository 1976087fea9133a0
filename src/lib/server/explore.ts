import type { Block, Board, TableBlock } from '../board.ts';
import type { Builder } from '../explore-page.ts';
import { m } from '../paraglide/messages.js';
import { filtersIn } from '../query.ts';
import { print, type Dropped, type State } from '../state.ts';
import type { Viewer } from '../viewer.ts';
import { dimensionTitle, tellLack } from '../words.ts';
import { figuresBlock, tableBlock } from './board.ts';
import * as catalogue from './catalogue.ts';
import * as cube from './cube.ts';
import { builderOf } from './explore/builder.ts';
import { chartsOf } from './explore/chart.ts';
import { figuresOf } from './explore/figures.ts';
import { pivotOf } from './explore/pivot.ts';
import { settleOn, type Measure, type Question } from './explore/question.ts';
import { resultId, tableOf } from './explore/table.ts';
import * as values from './explore/values.ts';
import { cutName } from './explore/words.ts';
import { safely } from './safely.ts';
import { settle, type Scope } from './scope.ts';

/** A question put together by the reader: `builder` is what can be asked beside it. */
export type ExplorePage = Board & { builder: Builder };

const mostShown = 500;
const mostWritten = 100_000;

export function load(viewer: Viewer, asked: State, dropped: Dropped[] = []): Promise<ExplorePage> {
  return answer(viewer, asked, dropped, mostShown);
}

/** The same for a file, which has room for every row. */
export function loadAll(viewer: Viewer, asked: State, dropped: Dropped[] = []): Promise<ExplorePage> {
  return answer(viewer, asked, dropped, mostWritten);
}

async function answer(viewer: Viewer, asked: State, dropped: Dropped[], limit: number): Promise<ExplorePage> {
  const known = await catalogue.read();
  const first = await settle(viewer, asked, dropped);
  const { state, said } = await existingOnly(first, settleOn(first, known));
  const settled = settleOn({ ...first, state }, known);
  const scope: Scope = { ...first, state: settled.state, notices: [...first.notices, ...said] };
  const { question } = settled;
  const { style } = scope;
  const isReady = question !== null && question.measures.length > 0 && question.asks.length === 0;
  const [blocks, builder, version] = await Promise.all([
    isReady ? blocksOf(scope, question, limit) : [],
    builderOf(scope, question, known),
    cube.dataVersion(),
  ]);
  const names = question?.measures.map(({ title }) => title[style.locale]) ?? [];
  return {
    title: m.explore_title({}, style),
    lead: names.length ? names.join(', ') : m.explore_lead({}, style),
    ...style,
    timezone: scope.timezone,
    generated_at: new Date().toISOString(),
    data_version: version,
    as_of: scope.freshness.asOf(question?.measures.flatMap(({ sources }) => sources)),
    period: scope.period,
    comparison: scope.comparison,
    filters: scope.filters,
    notices: scope.notices,
    state: print(scope.state),
    sections: blocks.length
      ? [{ id: resultId, title: m.explore_result({}, style), sentence: '', choices: [], blocks }]
      : [],
    builder,
  };
}

/** What is narrowed to a value nobody has, or that this viewer may not see, would be empty without a word. */
async function existingOnly(scope: Scope, { state, question, said }: ReturnType<typeof settleOn>) {
  if (!question) return { state, said };
  const dimensions = [...new Set(state.within.map(([name]) => name))];
  const checked = await Promise.all(
    dimensions.map(async (name) => {
      const wanted = state.within.filter(([one]) => one === name).map(([, value]) => value);
      const found = await safely('explore values', scope.style.locale, () =>
        values.existing(scope.viewer, question.view.name, name, wanted),
      );
      return [name, 'value' in found ? found.value : new Set(wanted)] as const;
    }),
  );
  const known = new Map(checked);
  const gone = state.within.filter(([name, value]) => !known.get(name)?.has(value));
  const notices = gone.map(([name, value]) => {
    const member = question.view.dimensions.find((one) => one.name === `${question.view.name}.${name}`);
    const title = member?.title[scope.style.locale] ?? name;
    return { code: 'no_such_value', text: m.notice_no_such_value({ title, value }, scope.style) };
  });
  return {
    state: { ...state, within: state.within.filter((one) => !gone.includes(one)) },
    said: [...said, ...notices],
  };
}

async function blocksOf(scope: Scope, question: Question, limit: number): Promise<Block[]> {
  const { locale } = scope.style;
  const ignored = filtersIn(question.view.name, scope.state).ignored.map((key) =>
    dimensionTitle(key, locale),
  );
  const known = question.measures.filter((one) => needsOf(scope, one) === null);
  const title = titleOf(scope, question);
  const empty = { ...tableBlock(resultId, title), ignored_filters: ignored };
  if (known.length === 0) {
    const sentence = question.measures.map((one) => needsOf(scope, one)).find((one) => one !== null) ?? '';
    return [{ ...empty, state: 'not_connected', sentence }];
  }
  const one = { ...question, measures: known };
  const outcome = await safely(resultId, locale, () => draw(scope, one, limit, empty));
  if ('error' in outcome) return [{ ...empty, state: 'failed', error: outcome.error }];
  return outcome.value.map((block) => ({
    ...block,
    ignored_filters: ignored,
    // the sentence above the table says it already; a file has no such sentence
    ...(block.block === 'table' && limit === mostShown ? { hidden: 0 } : {}),
  }));
}

async function draw(scope: Scope, question: Question, limit: number, empty: TableBlock): Promise<Block[]> {
  if (question.rows.length === 0) {
    const figures = figuresBlock(resultId, empty.title);
    return [{ ...figures, ...(await figuresOf(scope, question)) }];
  }
  if (question.shape === 'chart') return chartsOf(scope, question);
  const table = question.shape === 'pivot' ? pivotOf(scope, question) : tableOf(scope, question, limit);
  return [{ ...empty, ...(await table) }];
}

/** The question in words. */
function titleOf(scope: Scope, question: Question): string {
  const { locale } = scope.style;
  const names = question.measures.map(({ title }) => title[locale]).join(', ');
  const dimensions = [...question.rows, ...(question.across === null ? [] : [question.across])];
  const cuts = dimensions.map((name) => cutName(question, name, scope)).join(' × ');
  return cuts ? `${names}: ${cuts.toLocaleLowerCase(locale)}` : names;
}

/** What would have to be connected before a measure is known; null once it is. */
function needsOf({ freshness, style }: Scope, { sources, needs }: Measure): string | null {
  return tellLack(freshness.lacking({ entities: sources, needs }), style.locale).lack || null;
}
