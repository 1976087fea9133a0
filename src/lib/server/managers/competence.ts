import type { ChartPart, TableBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { dimensionTitle, metricTitle } from '../../words.ts';
import { ask, block, cell, chartBlock, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named, titled } from '../columns.ts';
import { formatCount } from '../../format.ts';
import type { Scope } from '../scope.ts';
import { personCell } from './people.ts';

const score = 'competence.average_score';

/** Whether who knows more sells more: one point for each who was assessed. */
export function chart(scope: Scope): Promise<ChartPart> {
  const { style } = scope;
  const title = m.managers_skills_chart({}, style);
  const empty = chartBlock(scope, {
    id: 'skills',
    title,
    metric: score,
    href: down(scope, score, { by: 'employee' }),
  });
  return block<ChartPart>(scope, [score], empty, async () => {
    const rows = await ask(scope, {
      view: 'competence',
      measures: ['average_score', 'won_amount'],
      by: ['employee'],
    });
    return {
      spec: {
        kind: 'scatter',
        dimension: 'employee',
        dimension_title: dimensionTitle('employee', style.locale),
        series: [
          { key: 'score', title: metricTitle(score, style.locale), unit: 'score', role: 'main' },
          {
            key: 'won',
            title: metricTitle('competence.won_amount', style.locale),
            unit: 'money',
            role: 'comparison',
          },
        ],
      },
      rows: rows.map((row) => {
        const name = nameOf(row, 'employee') ?? '';
        return {
          x: name,
          label: name,
          values: [numberOf(row, 'average_score'), numberOf(row, 'won_amount')],
          href: down(scope, score, { by: 'employee', part: name }),
        };
      }),
      sentence: m.managers_skills_sentence({}, style),
    };
  });
}

/** Each competency of each person; what lies far below the others is what to teach. */
export function table(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('skills', m.managers_skills({}, style), 'average_score');
  return block<TableBlock>(scope, [score], empty, async () => {
    const [cells, people] = await Promise.all([
      ask(scope, {
        view: 'competence',
        measures: ['average_score', 'score_deviation'],
        by: ['employee', 'competency'],
      }),
      ask(scope, {
        view: 'competence',
        measures: ['average_score', 'won_amount', 'conversion'],
        by: ['employee'],
      }),
    ]);
    const skills = [...new Set(cells.flatMap((row) => nameOf(row, 'competency') ?? []))].toSorted();
    const weakest = cells.toSorted(
      (a, b) => (numberOf(a, 'score_deviation') ?? 0) - (numberOf(b, 'score_deviation') ?? 0),
    )[0];
    return {
      columns: [
        named(scope, 'employee'),
        measured(scope, score),
        ...skills.map((skill, at) => titled(`skill_${at}`, skill, 'score')),
        titled('won_amount', metricTitle('competence.won_amount', style.locale), 'money'),
      ],
      rows: people.map((person) => {
        const name = nameOf(person, 'employee') ?? '';
        const to = (part: string | null) =>
          down(
            scope,
            score,
            part === null
              ? { by: 'employee', part: name }
              : { by: 'employee', part: name, within: [['competency', part]] },
          );
        return {
          id: name,
          address: null,
          cells: [
            personCell(scope, name),
            figure(person, 'average_score', to(null)),
            ...skills.map((skill) => {
              const row = cells.find(
                (one) => nameOf(one, 'employee') === name && nameOf(one, 'competency') === skill,
              );
              const gap = numberOf(row, 'score_deviation') ?? 0;
              return figure(row, 'average_score', to(skill), {
                tone: gap <= -1 ? 'bad' : gap >= 1 ? 'good' : null,
              });
            }),
            cell(
              numberOf(person, 'won_amount'),
              down(scope, 'sales.won_amount', { by: 'owner', part: name, period: { preset: 'all' } }),
            ),
          ],
        };
      }),
      sentence:
        weakest && (numberOf(weakest, 'score_deviation') ?? 0) < 0
          ? m.managers_skills_weakest(
              {
                name: nameOf(weakest, 'employee') ?? '',
                skill: nameOf(weakest, 'competency') ?? '',
                gap: formatCount(Math.abs(numberOf(weakest, 'score_deviation') ?? 0), style.locale, 1),
              },
              style,
            )
          : '',
    };
  });
}
