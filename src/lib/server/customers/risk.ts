import type { TableBlock } from '../../board.ts';
import { cardPath } from '../../card.ts';
import { formatCount, formatPercent, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, figure, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const shown = 15;
const who = ['customer_key', 'name', 'owner', 'segment', 'last_purchase_at', 'last_contact_at'];

/** Regular buyers who have fallen silent, those worth most first. */
export function risk(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('risk', m.customers_risk({}, style), '-revenue_year');
  return block<TableBlock>(scope, ['customers.at_risk'], empty, async () => {
    const [rows, [all], owners] = await Promise.all([
      ask(scope, {
        view: 'customers',
        measures: ['revenue_year'],
        by: [...who, 'usual_days', 'silent_days'],
        where: [{ member: 'customers.is_at_risk', operator: 'equals', values: ['true'] }],
        order: [['revenue_year', 'desc']],
        limit: shown,
      }),
      ask(scope, { view: 'customers', measures: ['at_risk', 'at_risk_amount', 'revenue_year'] }),
      ask(scope, {
        view: 'customers',
        measures: ['at_risk_amount', 'at_risk'],
        by: ['owner'],
        where: [{ member: 'customers.at_risk', operator: 'gt', values: ['0'] }],
        order: [['at_risk_amount', 'desc']],
        limit: 1,
      }),
    ]);
    const count = numberOf(all, 'at_risk') ?? 0;
    return {
      hidden: Math.max(0, count - rows.length),
      columns: [
        named(scope, 'customer'),
        named(scope, 'owner'),
        named(scope, 'segment'),
        titled('usual_days', m.customers_usual({}, style), 'days', m.customers_usual_about({}, style)),
        titled('silent_days', m.customers_silent({}, style), 'days'),
        titled('last_contact_at', m.column_last_contact_at({}, style), 'day'),
        measured(scope, 'customers.revenue_year'),
      ],
      rows: rows.map((row) => {
        const [usual, silent] = [numberOf(row, 'usual_days'), numberOf(row, 'silent_days')];
        const times = usual && silent ? silent / usual : null;
        return {
          id: nameOf(row, 'name') ?? '',
          address: null,
          cells: [
            ...namesOf(scope, row, 'customers.at_risk_amount'),
            cell(usual),
            cell(silent, null, {
              tone: times !== null && times >= 3 ? 'bad' : 'warn',
              note:
                times === null
                  ? ''
                  : m.customers_times({ times: formatCount(times, style.locale, 1) }, style),
            }),
            cell(nameOf(row, 'last_contact_at')?.slice(0, 10)),
            figure(row, 'revenue_year', null),
          ],
        };
      }),
      sentence: count
        ? m.customers_risk_sentence(
            {
              customers: m.customers_count({ count, shown: formatCount(count, style.locale) }, style),
              amount: formatValue(numberOf(all, 'at_risk_amount'), 'money', style),
              share: shareOf(scope, numberOf(all, 'at_risk_amount'), numberOf(all, 'revenue_year')),
              owner: labelled(scope, 'owner', nameOf(owners[0] ?? {}, 'owner')),
              most: formatValue(numberOf(owners[0], 'at_risk_amount'), 'money', style),
            },
            style,
          )
        : m.customers_risk_none({}, style),
    };
  });
}

/** Those who have left, by what they brought before. */
export function churned(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('churned', m.customers_churned({}, style), '-churned_revenue');
  return block<TableBlock>(scope, ['customers.churned'], empty, async () => {
    const [rows, [all]] = await Promise.all([
      ask(scope, {
        view: 'customers',
        measures: ['churned_revenue', 'purchases', 'ltv_revenue'],
        by: who,
        where: [{ member: 'customers.is_churned', operator: 'equals', values: ['true'] }],
        order: [['churned_revenue', 'desc']],
        limit: shown,
      }),
      ask(scope, { view: 'customers', measures: ['churned', 'churned_revenue', 'churn_rate'] }),
    ]);
    const count = numberOf(all, 'churned') ?? 0;
    return {
      hidden: Math.max(0, count - rows.length),
      columns: [
        named(scope, 'customer'),
        named(scope, 'owner'),
        titled('last_purchase_at', m.column_last_purchase_at({}, style), 'day'),
        titled('last_contact_at', m.column_last_contact_at({}, style), 'day'),
        measured(scope, 'customers.purchases'),
        measured(scope, 'customers.ltv_revenue'),
        measured(scope, 'customers.churned_revenue'),
      ],
      rows: rows.map((row) => ({
        id: nameOf(row, 'name') ?? '',
        address: null,
        cells: [
          ...namesOf(scope, row, 'customers.churned').slice(0, 2),
          cell(nameOf(row, 'last_purchase_at')?.slice(0, 10)),
          cell(nameOf(row, 'last_contact_at')?.slice(0, 10)),
          ...['purchases', 'ltv_revenue', 'churned_revenue'].map((name) => figure(row, name, null)),
        ],
      })),
      sentence: count
        ? m.customers_churned_sentence(
            {
              customers: m.customers_count({ count, shown: formatCount(count, style.locale) }, style),
              rate: formatPercent(numberOf(all, 'churn_rate'), style.locale),
              amount: formatValue(numberOf(all, 'churned_revenue'), 'money', style),
            },
            style,
          )
        : m.customers_churned_none({}, style),
    };
  });
}

function namesOf(scope: Scope, row: Row, metric: string) {
  const owner = nameOf(row, 'owner');
  const segment = nameOf(row, 'segment') ?? '';
  return [
    cell(nameOf(row, 'name'), cardPath(String(row['customer_key']))),
    cell(labelled(scope, 'owner', owner), down(scope, metric, { by: 'owner', part: owner ?? '' })),
    cell(labelled(scope, 'segment', segment), down(scope, metric, { by: 'segment', part: segment })),
  ];
}

function shareOf({ style }: Scope, part: number | null, whole: number | null): string {
  return formatPercent(part === null || !whole ? null : part / whole, style.locale);
}
