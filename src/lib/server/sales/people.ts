import type { TableBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

/** The same funnel for each manager: who loses deals at which step. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('people', m.sales_people({}, style), '-entered');
  return block<TableBlock>(scope, ['funnel.entered'], empty, async () => {
    const rows = await ask(scope, {
      view: 'funnel',
      measures: ['entered', 'passed', 'step_conversion'],
      by: ['owner', 'stage', 'stage_position'],
      time: 'created_at',
      range,
      order: [['stage_position', 'asc']],
    });
    const stages = [...new Set(rows.map((row) => nameOf(row, 'stage') ?? ''))];
    const owners = [...new Set(rows.map((row) => nameOf(row, 'owner')))];
    const find = (owner: string | null, stage: string | undefined) =>
      rows.find((row) => nameOf(row, 'owner') === owner && nameOf(row, 'stage') === stage);
    const usual = new Map(
      stages.map((stage) => [stage, share(rows.filter((row) => nameOf(row, 'stage') === stage))]),
    );
    return {
      columns: [
        named(scope, 'owner'),
        measured(scope, 'funnel.entered'),
        ...stages.map((stage, at) =>
          titled(`stage_${at}`, stage, 'percent', m.sales_step_of({ stage }, style)),
        ),
        titled('won', m.status_won({}, style), 'count'),
        titled('all', m.sales_whole({}, style), 'percent', m.sales_whole_about({}, style)),
      ],
      rows: owners.map((owner) => {
        const way = { by: 'owner', part: owner ?? '' };
        const first = find(owner, stages[0]);
        const last = find(owner, stages.at(-1));
        const [entered, won] = [numberOf(first, 'entered'), numberOf(last, 'passed')];
        return {
          id: owner ?? '',
          address: null,
          cells: [
            cell(labelled(scope, 'owner', owner), down(scope, 'funnel.entered', way)),
            figure(
              first,
              'entered',
              down(scope, 'funnel.entered', { ...way, within: [['stage', stages[0] ?? '']] }),
            ),
            ...stages.map((stage) => {
              const row = find(owner, stage);
              const [value, all] = [numberOf(row, 'step_conversion'), usual.get(stage) ?? null];
              const isFew = (numberOf(row, 'entered') ?? 0) < 10;
              const gap = value === null || all === null || isFew ? 0 : value - all;
              const href = down(scope, 'funnel.step_conversion', { ...way, within: [['stage', stage]] });
              return figure(row, 'step_conversion', href, {
                tone: gap < -0.1 ? 'bad' : gap > 0.1 ? 'good' : null,
              });
            }),
            figure(
              last,
              'passed',
              down(scope, 'funnel.passed', { ...way, within: [['stage', stages.at(-1) ?? '']] }),
            ),
            cell(entered ? (won ?? 0) / entered : null, down(scope, 'sales.conversion', way)),
          ],
        };
      }),
      sentence: owners.length ? m.sales_people_sentence({}, style) : '',
    };
  });
}

function share(rows: Row[]): number | null {
  const sum = (name: string) => rows.reduce((all, row) => all + (numberOf(row, name) ?? 0), 0);
  return sum('entered') ? sum('passed') / sum('entered') : null;
}
