import type { TableBlock } from '../../board.ts';
import { formatChange, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const groups = ['0', '1', '2', '3+'];
const measures = ['paying', 'churned', 'churn_rate', 'repeat_rate', 'ltv_revenue'];

/** Whether those who have complained leave more often: side by side, which is no proof of a cause. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('churn', m.service_churn({}, style));
  return block<TableBlock>(scope, ['service.complaints', 'customers.churn_rate'], empty, async () => {
    const rows = await ask(scope, {
      view: 'customers',
      measures,
      by: ['complaints_made'],
      where: [{ member: 'customers.paying', operator: 'gt', values: ['0'] }],
    });
    const find = (name: string) => rows.filter((row) => nameOf(row, 'complaints_made') === name);
    const never = rate(find('0'));
    const ever = rate(groups.slice(1).flatMap(find));
    return {
      columns: [
        titled('complaints_made', m.service_complaints_made({}, style), 'text'),
        ...measures.map((name) => measured(scope, `customers.${name}`)),
      ],
      rows: groups.flatMap((name) =>
        find(name).map((row) => {
          const to = (metric: string) =>
            down(scope, `customers.${metric}`, { by: 'complaints_made', part: name });
          return {
            id: name,
            address: null,
            cells: [
              cell(labelled(scope, 'complaints_made', name), to('paying')),
              ...measures.map((metric) => figure(row, metric, to(metric))),
            ],
          };
        }),
      ),
      sentence:
        never === null || ever === null
          ? ''
          : m.service_churn_sentence(
              {
                ever: formatPercent(ever, style.locale),
                never: formatPercent(never, style.locale),
                gap: formatChange(ever - never, 'difference', 'percent', style.locale),
              },
              style,
            ),
    };
  });
}

function rate(rows: Row[]): number | null {
  const sum = (name: string) => rows.reduce((all, row) => all + (numberOf(row, name) ?? 0), 0);
  return sum('paying') ? sum('churned') / sum('paying') : null;
}
