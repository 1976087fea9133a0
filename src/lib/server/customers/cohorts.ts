import { DateTime } from 'luxon';
import type { Choice, TableBlock } from '../../board.ts';
import { formatMonth } from '../../dates.ts';
import { formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { link } from '../../state.ts';
import { metricTitle } from '../../words.ts';
import { ask, block, cell, down, numberOf, tableBlock } from '../board.ts';
import { titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const cuts = ['retention', 'revenue', 'cumulative_ltv'] as const;
type Cut = (typeof cuts)[number];
const months = 12;
const over = [{ member: 'cohorts.is_complete', operator: 'equals' as const, values: ['true'] }];

const cutOf = ({ state }: Scope): Cut => cuts.find((one) => one === state.by) ?? 'retention';

export function choices(scope: Scope): Choice[] {
  return cuts.map((key) => ({
    key,
    title: metricTitle(`cohorts.${key}`, scope.style.locale),
    href: `${link('/customers', { ...scope.state, by: key, page: 1 })}#cohorts`,
    is_chosen: key === cutOf(scope),
  }));
}

/** Those who first bought in a month, and how many of them come back in each month after it. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style, today } = scope;
  const cut = cutOf(scope);
  const empty = tableBlock('cohorts', m.customers_cohorts({}, style));
  return block<TableBlock>(scope, ['customers.new'], empty, async () => {
    const first = DateTime.fromISO(today).startOf('month').minus({ months });
    const question = {
      view: 'cohorts',
      measures: [cut, 'customers'],
      time: 'cohort',
      range: { from: first.toISODate() ?? today, to: today },
      where: over,
    };
    const [rows, usual] = await Promise.all([
      ask(scope, { ...question, by: ['months_since'], grain: 'month' }),
      ask(scope, { ...question, by: ['months_since'] }),
    ]);
    const monthOf = (row: Row) => String(row['cohort.month'] ?? '').slice(0, 10);
    const cohorts = [...new Set(rows.map(monthOf))].sort();
    // everybody buys in the month of the first purchase: it says nothing of coming back
    const start = cut === 'retention' ? 1 : 0;
    const last = Math.max(0, ...rows.map((row) => numberOf(row, 'months_since') ?? 0));
    const since = Array.from({ length: Math.max(0, last - start + 1) }, (_, at) => at + start);
    const at = (list: Row[], month: number) => list.find((row) => numberOf(row, 'months_since') === month);
    const largest = Math.max(
      1e-9,
      ...rows
        .filter((row) => (numberOf(row, 'months_since') ?? 0) >= start)
        .map((row) => numberOf(row, cut) ?? 0),
    );
    const kind = cut === 'retention' ? 'percent' : 'money';
    const back = (month: number) => numberOf(at(usual, month), 'retention');
    return {
      columns: [
        titled('cohort', m.customers_cohort({}, style), 'text'),
        titled('customers', metricTitle('cohorts.customers', style.locale), 'count'),
        ...since.map((month) =>
          titled(
            `m${month}`,
            m.customers_month_n({ month }, style),
            kind,
            m.customers_month_about({ month }, style),
          ),
        ),
      ],
      shade: 'more',
      rows: cohorts.map((cohort) => {
        const own = rows.filter((row) => monthOf(row) === cohort);
        const to = DateTime.fromISO(cohort).endOf('month').toISODate() ?? cohort;
        const href = down(scope, 'customers.new', {
          period: { from: cohort, to },
          filters: none(scope),
          by: 'owner',
        });
        return {
          id: cohort.slice(0, 7),
          address: null,
          cells: [
            cell(formatMonth(cohort, style.locale), href),
            cell(numberOf(at(own, 0), 'customers'), href),
            ...since.map((month) => {
              const value = numberOf(at(own, month), cut);
              const way = { period: { from: cohort, to }, filters: none(scope), by: 'months_since' };
              const within: [string, string][] = [['months_since', String(month)]];
              return cell(value, value === null ? null : down(scope, `cohorts.${cut}`, { ...way, within }), {
                share: value === null || value <= 0 ? null : value / largest,
              });
            }),
          ],
        };
      }),
      total:
        cohorts.length > 1 && cut !== 'revenue'
          ? [
              cell(m.customers_all_cohorts({}, style)),
              cell(numberOf(at(usual, 0), 'customers')),
              ...since.map((month) => cell(numberOf(at(usual, month), cut))),
            ]
          : null,
      sentence:
        cut === 'retention' && back(1) !== null
          ? m.customers_retention_sentence(
              {
                first: formatPercent(back(1), style.locale),
                third: formatPercent(back(3), style.locale),
                sixth: formatPercent(back(6), style.locale),
              },
              style,
            )
          : m.customers_cohorts_about({}, style),
    };
  });
}

/** Cohorts know no filter of the page; the customers they lead to must be the same ones. */
function none({ state }: Scope) {
  return Object.fromEntries(Object.keys(state.filters).map((key) => [key, []]));
}
