import type { TableBlock } from '../../board.ts';
import { formatCount } from '../../format.ts';
import type { Condition } from '../../metrics.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, nameOf, numberOf, tableBlock } from '../board.ts';
import * as cards from '../cards.ts';
import { labelled, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';

const shown = 15;
/** Few of all complaints are, and an index holds no others. */
export const isOpen: Condition[] = [
  { member: 'service.status', operator: 'equals', values: ['new', 'in_progress'] },
];

/** The open complaints, those that wait longest first. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('waiting', m.service_waiting({}, style), 'opened_at');
  return block<TableBlock>(scope, ['service.open'], empty, async () => {
    const [rows, [all]] = await Promise.all([
      ask(scope, {
        view: 'service',
        measures: ['overdue', 'unanswered'],
        by: [
          'complaint_id',
          'subject',
          'url',
          'customer',
          'customer_key',
          'product',
          'cause',
          'stage',
          'status',
          'employee',
          'opened_at',
          'due_at',
        ],
        where: isOpen,
        order: [['opened_at', 'asc']],
        limit: shown,
      }),
      ask(scope, { view: 'service', measures: ['open', 'overdue', 'unanswered'], where: isOpen }),
    ]);
    const toCard = await cards.read(scope.viewer, rows);
    const open = numberOf(all, 'open') ?? 0;
    const to = (by: string, key: string | null) => down(scope, 'service.open', { by, part: key ?? '' });
    return {
      hidden: Math.max(0, open - rows.length),
      columns: [
        titled('subject', m.column_complaint({}, style), 'text'),
        ...['customer', 'product', 'cause', 'stage'].map((name) => named(scope, name)),
        titled('opened_at', m.column_opened_at({}, style), 'day'),
        titled('due_at', m.column_due_at({}, style), 'day'),
      ],
      rows: rows.map((row) => {
        const id = nameOf(row, 'complaint_id') ?? '';
        const url = nameOf(row, 'url');
        const name = nameOf(row, 'customer');
        const isLate = (numberOf(row, 'overdue') ?? 0) > 0;
        const isUnanswered = (numberOf(row, 'unanswered') ?? 0) > 0;
        return {
          id,
          address: url && /^https?:\/\//i.test(url) ? url : null,
          cells: [
            cell(nameOf(row, 'subject') ?? id, null, {
              note: [
                isUnanswered
                  ? m.service_unanswered({}, style)
                  : labelled(scope, 'status', nameOf(row, 'status')),
                labelled(scope, 'employee', nameOf(row, 'employee')),
              ].join(' · '),
            }),
            cell(name, toCard(row['customer_key'], name)),
            ...['product', 'cause', 'stage'].map((side) => {
              const key = nameOf(row, side);
              return cell(labelled(scope, side, key), to(side, key));
            }),
            cell(nameOf(row, 'opened_at')?.slice(0, 10)),
            cell(nameOf(row, 'due_at')?.slice(0, 10), null, {
              tone: isLate ? 'bad' : null,
              note: isLate ? m.service_late({}, style) : '',
            }),
          ],
        };
      }),
      sentence: open
        ? m.service_waiting_sentence(
            {
              open: formatCount(open, style.locale),
              unanswered: formatCount(numberOf(all, 'unanswered'), style.locale),
              overdue: formatCount(numberOf(all, 'overdue'), style.locale),
            },
            style,
          )
        : m.service_waiting_none({}, style),
    };
  });
}
