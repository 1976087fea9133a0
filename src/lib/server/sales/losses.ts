import type { Cell, TableBlock } from '../../board.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const shownReasons = 6;

/** Money lost by the stage at which a deal was lost and the reason that was given. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('losses', m.sales_losses({}, style));
  return block<TableBlock>(scope, ['funnel.lost_amount_here'], empty, async () => {
    const rows = await ask(scope, {
      view: 'funnel',
      measures: ['lost_amount_here'],
      by: ['stage', 'stage_position', 'lost_reason'],
      time: 'closed_at',
      range,
      order: [['stage_position', 'asc']],
    });
    return matrix(
      scope,
      rows.filter((row) => (numberOf(row, 'lost_amount_here') ?? 0) > 0),
    );
  });
}

const money = (rows: Row[]) => rows.reduce((sum, row) => sum + (numberOf(row, 'lost_amount_here') ?? 0), 0);

function matrix(scope: Scope, rows: Row[]): Partial<TableBlock> {
  const { style } = scope;
  const stages = [...new Set(rows.map((row) => nameOf(row, 'stage')))];
  const by = (name: string, value: string | null) => rows.filter((row) => nameOf(row, name) === value);
  const reasons = [...new Set(rows.map((row) => nameOf(row, 'lost_reason')))].toSorted(
    (a, b) => money(by('lost_reason', b)) - money(by('lost_reason', a)),
  );
  const shown = reasons.length > shownReasons + 1 ? reasons.slice(0, shownReasons) : reasons;
  const rest = reasons.filter((reason) => !shown.includes(reason));
  const largest = Math.max(
    1,
    ...stages.flatMap((stage) =>
      shown.map((reason) => money(by('stage', stage).filter((row) => nameOf(row, 'lost_reason') === reason))),
    ),
  );
  const to = (within: [string, string][], part: string | null = null) =>
    down(
      scope,
      'funnel.lost_amount_here',
      part === null ? { by: 'lost_reason', within } : { by: 'owner', within },
    );
  const line = (label: Cell, of: Row[], within: [string, string][], isShaded: boolean): Cell[] => [
    label,
    ...shown.map((reason) => {
      const value = money(of.filter((row) => nameOf(row, 'lost_reason') === reason));
      const href = to([...within, ['lost_reason', reason ?? '']], '');
      return cell(value || null, value ? href : null, { share: isShaded ? value / largest : null });
    }),
    ...(rest.length
      ? [cell(money(of.filter((row) => rest.includes(nameOf(row, 'lost_reason')))) || null, to(within))]
      : []),
    cell(money(of), to(within)),
  ];
  const worst = rows.toSorted((a, b) => money([b]) - money([a]))[0];
  return {
    columns: [
      named(scope, 'stage'),
      ...shown.map((reason, at) => titled(`reason_${at}`, labelled(scope, 'lost_reason', reason), 'money')),
      ...(rest.length ? [titled('rest', m.board_other({}, style), 'money')] : []),
      titled('sum', m.drill_total({}, style), 'money'),
    ],
    rows: stages.map((stage) => ({
      id: stage ?? '',
      address: null,
      cells: line(
        cell(labelled(scope, 'stage', stage), to([['stage', stage ?? '']])),
        by('stage', stage),
        [['stage', stage ?? '']],
        true,
      ),
    })),
    total: stages.length > 1 ? line(cell(m.drill_total({}, style)), rows, [], false) : null,
    sentence: worst
      ? m.sales_losses_worst(
          {
            stage: labelled(scope, 'stage', nameOf(worst, 'stage')),
            reason: labelled(scope, 'lost_reason', nameOf(worst, 'lost_reason')),
            amount: formatValue(money([worst]), 'money', style),
            share: formatPercent(money([worst]) / money(rows), style.locale),
          },
          style,
        )
      : '',
  };
}
