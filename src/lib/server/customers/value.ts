import type { Choice, TableBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { link } from '../../state.ts';
import { dimensionTitle } from '../../words.ts';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named } from '../columns.ts';
import type { Scope } from '../scope.ts';

const cuts = ['segment', 'owner', 'team', 'region', 'industry'];
const cutOf = ({ state }: Scope) => cuts.find((one) => one === state.by) ?? 'segment';
const measures = ['paying', 'ltv', 'ltv_revenue', 'repeat_rate', 'churn_rate', 'revenue_year'];
const most = 200;

export function choices(scope: Scope): Choice[] {
  return cuts.map((key) => ({
    key,
    title: dimensionTitle(key, scope.style.locale),
    href: `${link('/customers', { ...scope.state, by: key, page: 1 })}#value`,
    is_chosen: key === cutOf(scope),
  }));
}

/** What a buyer has brought to date, and how many come back and leave, by one dimension. */
export function load(scope: Scope): Promise<TableBlock> {
  const by = cutOf(scope);
  const empty = tableBlock('value', m.customers_value({}, scope.style), '-ltv');
  return block<TableBlock>(scope, ['customers.ltv'], empty, async () => {
    const rows = await ask(scope, {
      view: 'customers',
      measures,
      by: [by],
      where: [{ member: 'customers.paying', operator: 'gt', values: ['0'] }],
      order: [['ltv', 'desc']],
      limit: most,
    });
    return {
      columns: [named(scope, by), ...measures.map((name) => measured(scope, `customers.${name}`))],
      rows: rows
        .filter((row) => numberOf(row, 'paying'))
        .map((row) => {
          const key = nameOf(row, by);
          const to = (name: string) => down(scope, `customers.${name}`, { by, part: key ?? '' });
          return {
            id: key ?? '',
            address: null,
            cells: [
              cell(labelled(scope, by, key), to('ltv')),
              ...measures.map((name) => figure(row, name, to(name))),
            ],
          };
        }),
      sentence: m.customers_value_about({}, scope.style),
    };
  });
}
