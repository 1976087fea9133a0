import type { TableBlock } from '../../board.ts';
import { formatPercent, formatCount } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, named } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { personCell } from './people.ts';

const measures = [
  'calls',
  'inbound',
  'outbound',
  'talk_minutes',
  'talk_seconds_average',
  'missed',
  'missed_rate',
  'missed_unreturned',
];

/** Time on the phone, and whom nobody called back. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range } = scope;
  const empty = tableBlock('calls', m.managers_calls({}, style), '-talk_minutes');
  return block<TableBlock>(scope, ['calls.calls'], empty, async () => {
    const question = { view: 'calls', measures, time: 'started_at', range };
    const [rows, totals] = await Promise.all([
      ask(scope, { ...question, by: ['employee'] }),
      ask(scope, question),
    ]);
    const usual = numberOf(totals[0], 'missed_rate') ?? 0;
    const isBad = (row: Row) =>
      (numberOf(row, 'missed') ?? 0) >= 10 && (numberOf(row, 'missed_rate') ?? 0) > usual * 1.5;
    const cells = (row: Row | undefined, part: string | null) =>
      measures.map((name) =>
        figure(row, name, down(scope, `calls.${name}`, part === null ? {} : { by: 'employee', part }), {
          tone: name === 'missed_rate' && part !== null && row && isBad(row) ? 'bad' : null,
        }),
      );
    const worst = rows
      .filter(isBad)
      .toSorted((a, b) => (numberOf(b, 'missed_rate') ?? 0) - (numberOf(a, 'missed_rate') ?? 0))[0];
    return {
      columns: [named(scope, 'employee'), ...measures.map((name) => measured(scope, `calls.${name}`))],
      rows: rows.map((row) => {
        const name = nameOf(row, 'employee');
        return { id: name ?? '', address: null, cells: [personCell(scope, name), ...cells(row, name ?? '')] };
      }),
      total: rows.length > 1 ? [cell(m.drill_total({}, style)), ...cells(totals[0], null)] : null,
      sentence: worst
        ? m.managers_calls_worst(
            {
              name: nameOf(worst, 'employee') ?? m.no_value({}, style),
              rate: formatPercent(numberOf(worst, 'missed_rate'), style.locale),
              usual: formatPercent(usual, style.locale),
              unreturned: formatCount(numberOf(worst, 'missed_unreturned'), style.locale),
            },
            style,
          )
        : '',
    };
  });
}
