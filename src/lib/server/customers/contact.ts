import type { TableBlock } from '../../board.ts';
import { formatCount, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import * as settings from '../settings.ts';
import type { Scope } from '../scope.ts';

const measures = ['customers', 'contact_overdue', 'contact_overdue_amount', 'revenue_year'];
const order = ['gold', 'silver', 'bronze', 'occasional'];
const someone = [{ member: 'customers.customers', operator: 'gt' as const, values: ['0'] }];
/** A quarter without contact is a habit rather than an oversight. */
const habit = 0.25;

/** How often each segment should be talked to, and how many are not. */
export function segments(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('segments', m.customers_segments({}, style));
  return block<TableBlock>(scope, ['customers.contact_overdue'], empty, async () => {
    const [rows, worst, { contact_days }] = await Promise.all([
      ask(scope, { view: 'customers', measures, by: ['segment'], where: someone }),
      ask(scope, {
        view: 'customers',
        measures: ['contact_overdue', 'contact_overdue_amount'],
        by: ['owner'],
        where: [...someone, { member: 'customers.segment', operator: 'equals', values: ['gold'] }],
        order: [['contact_overdue', 'desc']],
        limit: 1,
      }),
      settings.read(),
    ]);
    const gold = rows.find((row) => nameOf(row, 'segment') === 'gold');
    const late = numberOf(gold, 'contact_overdue') ?? 0;
    return {
      columns: [
        named(scope, 'segment'),
        titled('rule', m.customers_rule({}, style), 'days', m.customers_rule_about({}, style)),
        ...columnsOf(scope),
      ],
      rows: order.flatMap((segment) => {
        const row = rows.find((one) => nameOf(one, 'segment') === segment);
        if (!row) return [];
        const way = { by: 'owner', filters: { segment: [segment] } };
        const to = (metric: string) => down(scope, metric, way);
        return {
          id: segment,
          address: null,
          cells: [
            cell(labelled(scope, 'segment', segment), to('customers.customers')),
            cell(contact_days[segment] ?? null),
            ...cellsOf(row, to),
          ],
        };
      }),
      sentence:
        gold && late
          ? m.customers_gold_late(
              {
                late: formatCount(late, style.locale),
                customers: formatCount(numberOf(gold, 'customers'), style.locale),
                days: formatCount(contact_days.gold ?? null, style.locale),
                amount: formatValue(numberOf(gold, 'contact_overdue_amount'), 'money', style),
                owner: labelled(scope, 'owner', nameOf(worst[0] ?? {}, 'owner')),
                most: formatCount(numberOf(worst[0], 'contact_overdue'), style.locale),
              },
              style,
            )
          : gold
            ? m.customers_gold_fine({}, style)
            : '',
    };
  });
}

/** Whose customers are not talked to, and what money stands behind them. */
export function owners(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('neglected', m.customers_owners({}, style), '-contact_overdue_amount');
  return block<TableBlock>(scope, ['customers.contact_overdue'], empty, async () => {
    const rows = await ask(scope, { view: 'customers', measures, by: ['owner'], where: someone });
    const sum = (name: string) => rows.reduce((all, row) => all + (numberOf(row, name) ?? 0), 0);
    const most = rows.toSorted(
      (a, b) => (numberOf(b, 'contact_overdue_amount') ?? 0) - (numberOf(a, 'contact_overdue_amount') ?? 0),
    )[0];
    return {
      columns: [named(scope, 'owner'), ...columnsOf(scope)],
      rows: rows.map((row) => {
        const owner = nameOf(row, 'owner');
        const to = (metric: string) => down(scope, metric, { by: 'owner', part: owner ?? '' });
        return {
          id: owner ?? '',
          address: null,
          cells: [cell(labelled(scope, 'owner', owner), to('customers.customers')), ...cellsOf(row, to)],
        };
      }),
      sentence:
        most && sum('contact_overdue') > 0
          ? m.customers_owners_sentence(
              {
                amount: formatValue(sum('contact_overdue_amount'), 'money', style),
                owner: labelled(scope, 'owner', nameOf(most, 'owner')),
                most: formatValue(numberOf(most, 'contact_overdue_amount'), 'money', style),
              },
              style,
            )
          : '',
    };
  });
}

const columnsOf = (scope: Scope) => [
  measured(scope, 'customers.customers'),
  measured(scope, 'customers.contact_overdue'),
  titled('late_share', m.customers_late_share({}, scope.style), 'percent'),
  measured(scope, 'customers.revenue_year'),
  measured(scope, 'customers.contact_overdue_amount'),
];

function cellsOf(row: Row, to: (metric: string) => string) {
  const [late, all] = [numberOf(row, 'contact_overdue'), numberOf(row, 'customers')];
  const share = late === null || !all ? null : late / all;
  return [
    figure(row, 'customers', to('customers.customers')),
    figure(row, 'contact_overdue', to('customers.contact_overdue')),
    cell(share, share === null ? null : to('customers.contact_overdue'), {
      tone: share === null ? null : share > habit ? 'bad' : share > 0 ? 'warn' : 'good',
    }),
    figure(row, 'revenue_year', to('customers.revenue_year')),
    figure(row, 'contact_overdue_amount', to('customers.contact_overdue_amount')),
  ];
}
