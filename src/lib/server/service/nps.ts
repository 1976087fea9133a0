import type { ChartPart, FiguresBlock, TableBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle, metricTitle } from '../../words.ts';
import {
  ask,
  block,
  cell,
  chartBlock,
  down,
  figuresBlock,
  keyed,
  nameOf,
  numberOf,
  tableBlock,
} from '../board.ts';
import * as cards from '../cards.ts';
import { labelled, named, titled } from '../columns.ts';
import { figureOf } from '../sales/figures.ts';
import type { Scope } from '../scope.ts';

const names = ['nps', 'responses', 'promoters', 'passives', 'detractors'];
const scores = ['10', '9', '8', '7', '6', '5', '4', '3', '2', '1', '0'];
const shown = 20;

export function figures(scope: Scope): Promise<FiguresBlock> {
  const { range, comparison } = scope;
  const empty = figuresBlock('nps_figures', m.service_section_nps({}, scope.style));
  return block<FiguresBlock>(scope, ['nps.nps'], empty, async () => {
    const question = { view: 'nps', measures: names, time: 'answered_at' };
    const [now, before] = await Promise.all([
      ask(scope, { ...question, range }),
      comparison ? ask(scope, { ...question, range: comparison }) : [],
    ]);
    return { figures: names.map((name) => figureOf(scope, `nps.${name}`, now[0], before[0])) };
  });
}

/** How many have given each score, 10 on top. A score between two whole ones counts with the lower. */
export function distribution(scope: Scope): Promise<ChartPart> {
  const { style, range } = scope;
  const empty = chartBlock(scope, {
    id: 'scores',
    title: m.service_scores({}, style),
    metric: 'nps.responses',
    href: down(scope, 'nps.responses', { by: 'score' }),
  });
  return block<ChartPart>(scope, ['nps.responses'], empty, async () => {
    const question = { view: 'nps', time: 'answered_at', range };
    const [rows, [all]] = await Promise.all([
      ask(scope, { ...question, measures: ['responses'], by: ['score'] }),
      ask(scope, { ...question, measures: names }),
    ]);
    const found = keyed(rows, 'score');
    const share = (name: string) => {
      const [part, whole] = [numberOf(all, name), numberOf(all, 'responses')];
      return formatPercent(part === null || !whole ? null : part / whole, style.locale);
    };
    // scores that a source gives in between have a bar of their own, or they would vanish from the sum
    const between = [...found.keys()].filter((key) => key !== '' && !scores.includes(key));
    const keys = [...scores, ...between].toSorted((a, b) => Number(b) - Number(a));
    return {
      spec: {
        kind: 'bar',
        dimension: 'score',
        dimension_title: dimensionTitle('score', style.locale),
        series: [
          { key: 'value', title: metricTitle('nps.responses', style.locale), unit: 'count', role: 'main' },
        ],
      },
      rows: numberOf(all, 'responses')
        ? keys.map((key) => ({
            x: key,
            label: m.service_score_label({ score: key, group: groupOf(scope, Number(key)) }, style),
            values: [numberOf(found.get(key), 'responses') ?? 0],
            href: down(scope, 'nps.responses', { by: 'score', part: key }),
          }))
        : [],
      sentence: numberOf(all, 'responses')
        ? m.service_scores_sentence(
            { promoters: share('promoters'), passives: share('passives'), detractors: share('detractors') },
            style,
          )
        : '',
    };
  });
}

function groupOf({ style }: Scope, score: number): string {
  if (score >= 9) return m.service_promoter({}, style);
  return score >= 7 ? m.service_passive({}, style) : m.service_detractor({}, style);
}

/** What customers wrote, the latest first. */
export function comments(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('comments', m.service_comments({}, style), '-answered_at');
  return block<TableBlock>(scope, ['nps.responses'], empty, async () => {
    const rows = await ask(scope, {
      view: 'nps',
      measures: ['responses'],
      by: ['response_id', 'answered_at', 'score', 'customer', 'customer_key', 'employee', 'comment'],
      time: 'answered_at',
      range,
      where: [{ member: 'nps.comment', operator: 'set' }],
      order: [['answered_at', 'desc']],
    });
    const top = rows.slice(0, shown);
    const toCard = await cards.read(scope.viewer, top);
    const bad = rows.filter((row) => (numberOf(row, 'score') ?? 10) < 7).length;
    return {
      hidden: rows.length - top.length,
      columns: [
        titled('comment', m.column_comment({}, style), 'text'),
        titled('score', dimensionTitle('score', style.locale), 'count'),
        named(scope, 'customer'),
        named(scope, 'employee'),
        titled('answered_at', m.column_answered_at({}, style), 'day'),
      ],
      rows: top.map((row) => {
        const score = numberOf(row, 'score');
        const name = nameOf(row, 'customer');
        return {
          id: nameOf(row, 'response_id') ?? '',
          address: null,
          cells: [
            cell(nameOf(row, 'comment')),
            cell(
              score,
              score === null ? null : down(scope, 'nps.responses', { by: 'score', part: String(score) }),
              {
                tone: score === null ? null : score >= 9 ? 'good' : score >= 7 ? null : 'bad',
              },
            ),
            cell(name, toCard(row['customer_key'], name)),
            cell(labelled(scope, 'employee', nameOf(row, 'employee'))),
            cell(nameOf(row, 'answered_at')?.slice(0, 10)),
          ],
        };
      }),
      sentence: rows.length
        ? m.service_comments_sentence(
            { all: formatCount(rows.length, style.locale), bad: formatCount(bad, style.locale) },
            style,
          )
        : '',
    };
  });
}
