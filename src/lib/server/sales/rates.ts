import type { Choice, TableBlock } from '../../board.ts';
import { m } from '../../paraglide/messages.js';
import { link } from '../../state.ts';
import { dimensionTitle } from '../../words.ts';
import { ask, block, cell, down, figure, keyed, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Scope } from '../scope.ts';

const cuts = ['segment', 'owner', 'team', 'product', 'channel', 'region', 'industry'];
const cutOf = ({ state }: Scope) => cuts.find((one) => one === state.by) ?? 'segment';
const measures = [
  'deals_won',
  'deals_lost',
  'win_rate',
  'average_deal',
  'cycle_days',
  'margin',
  'won_amount',
  'lost_amount',
];
const most = 200;

export function choices(scope: Scope): Choice[] {
  return cuts.map((key) => ({
    key,
    title: dimensionTitle(key, scope.style.locale),
    href: `${link('/sales', { ...scope.state, by: key, page: 1 })}#rates`,
    is_chosen: key === cutOf(scope),
  }));
}

/** How much of what is decided is won, how long that takes and what it brings, by one dimension. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, range, comparison } = scope;
  const by = cutOf(scope);
  const empty = tableBlock('rates', m.sales_rates({}, style), '-won_amount');
  return block<TableBlock>(scope, ['sales.win_rate'], empty, async () => {
    const question = { view: 'sales', by: [by], time: 'closed_at', limit: most };
    const [rows, earlier] = await Promise.all([
      ask(scope, { ...question, measures, range, order: [['won_amount', 'desc']] }),
      comparison
        ? ask(scope, {
            ...question,
            measures: ['win_rate', 'won_amount'],
            range: comparison,
            order: [['won_amount', 'desc']],
          })
        : [],
    ]);
    const before = keyed(earlier, by);
    return {
      columns: [
        named(scope, by),
        ...measures.slice(0, 3).map((name) => measured(scope, `sales.${name}`)),
        ...(comparison ? [titled('change', m.sales_to_before({}, style), 'points', comparison.label)] : []),
        ...measures.slice(3).map((name) => measured(scope, `sales.${name}`)),
      ],
      rows: rows
        .filter((row) => (numberOf(row, 'deals_won') ?? 0) + (numberOf(row, 'deals_lost') ?? 0) > 0)
        .map((row) => {
          const key = nameOf(row, by);
          const to = (name: string) => down(scope, `sales.${name}`, { by, part: key ?? '' });
          const [now, then] = [numberOf(row, 'win_rate'), numberOf(before.get(key ?? ''), 'win_rate')];
          const change = now === null || then === null ? null : now - then;
          return {
            id: key ?? '',
            address: null,
            cells: [
              cell(labelled(scope, by, key), to('win_rate')),
              ...measures.slice(0, 3).map((name) => figure(row, name, to(name))),
              ...(comparison ? [cell(change, change === null ? null : to('win_rate'))] : []),
              ...measures.slice(3).map((name) => figure(row, name, to(name))),
            ],
          };
        }),
    };
  });
}
