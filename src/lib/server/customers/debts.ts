import type { ChartPart, FiguresBlock, TableBlock } from '../../board.ts';
import { formatCount, formatPercent, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { concentrate } from '../../pareto.ts';
import { metricTitle } from '../../words.ts';
import {
  ask,
  block,
  cell,
  chartBlock,
  down,
  figure,
  figuresBlock,
  nameOf,
  numberOf,
  tableBlock,
} from '../board.ts';
import * as cards from '../cards.ts';
import { measured, named } from '../columns.ts';
import { figureOf } from '../sales/figures.ts';
import type { Scope } from '../scope.ts';

const view = 'receivables';
const buckets = ['overdue_30', 'overdue_60', 'overdue_90', 'overdue_older'];
const shown = 15;
/** In a table the head above says what they are. */
const short: Partial<Record<string, typeof m.customers_bucket_30>> = {
  outstanding: m.column_outstanding,
  overdue_30: m.customers_bucket_30,
  overdue_60: m.customers_bucket_60,
  overdue_90: m.customers_bucket_90,
  overdue_older: m.customers_bucket_older,
};

/** What customers owe now, what of it is late, and in how many days of turnover it would be paid. */
export function figures(scope: Scope): Promise<FiguresBlock> {
  const empty = figuresBlock('debts', m.customers_section_debts({}, scope.style));
  return block<FiguresBlock>(scope, ['receivables.outstanding'], empty, async () => {
    const names = ['outstanding', 'overdue', 'overdue_30', 'overdue_older', 'dso_days'];
    const [row] = await ask(scope, { view, measures: names });
    return { figures: names.map((name) => figureOf(scope, `receivables.${name}`, row)) };
  });
}

/** The late money by how late it is. */
export function ageing(scope: Scope): Promise<ChartPart> {
  const { style } = scope;
  const empty = chartBlock(scope, {
    id: 'ageing',
    title: m.customers_ageing({}, style),
    metric: 'receivables.overdue',
    href: down(scope, 'receivables.overdue', { by: 'customer' }),
  });
  return block<ChartPart>(scope, ['receivables.overdue'], empty, async () => {
    const [row] = await ask(scope, { view, measures: ['outstanding', 'overdue', ...buckets] });
    const [all, late] = [numberOf(row, 'outstanding') ?? 0, numberOf(row, 'overdue') ?? 0];
    const old = numberOf(row, 'overdue_older') ?? 0;
    return {
      spec: {
        kind: 'bar',
        dimension: 'age',
        dimension_title: m.customers_age_of_debt({}, style),
        series: [
          {
            key: 'value',
            title: metricTitle('receivables.outstanding', style.locale),
            unit: 'money',
            role: 'main',
          },
        ],
      },
      rows: [
        {
          x: 'due',
          label: m.customers_not_due({}, style),
          values: [all - late],
          href: down(scope, 'receivables.outstanding', { by: 'customer' }),
        },
        ...buckets.map((name) => ({
          x: name,
          label: metricTitle(`receivables.${name}`, style.locale),
          values: [numberOf(row, name) ?? 0],
          href: down(scope, `receivables.${name}`, { by: 'customer' }),
        })),
      ],
      sentence: late
        ? m.customers_ageing_sentence(
            {
              share: formatPercent(all ? late / all : null, style.locale),
              old: formatValue(old, 'money', style),
            },
            style,
          )
        : m.customers_nothing_late({}, style),
    };
  });
}

/** Who owes, the most overdue first. */
export function debtors(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('debtors', m.customers_debtors({}, style), '-overdue');
  return block<TableBlock>(scope, ['receivables.overdue'], empty, async () => {
    const names = ['outstanding', 'overdue', ...buckets];
    const rows = await ask(scope, {
      view,
      measures: names,
      by: ['customer', 'customer_key', 'owner'],
      where: [
        { member: 'receivables.outstanding', operator: 'set' },
        { member: 'receivables.outstanding', operator: 'notEquals', values: ['0'] },
      ],
      order: [
        ['overdue', 'desc'],
        ['outstanding', 'desc'],
      ],
    });
    const late = rows.filter((row) => (numberOf(row, 'overdue') ?? 0) > 0);
    const top = [...late, ...rows.filter((row) => !late.includes(row))].slice(0, shown);
    const toCard = await cards.read(scope.viewer, top);
    const most = concentrate(
      late.map((row) => ({ key: nameOf(row, 'customer'), value: numberOf(row, 'overdue') ?? 0 })),
    );
    return {
      hidden: rows.length - top.length,
      columns: [
        named(scope, 'customer'),
        named(scope, 'owner'),
        ...names.map((name) => ({
          ...measured(scope, `receivables.${name}`),
          ...(short[name] ? { title: short[name]({}, style) } : {}),
        })),
      ],
      rows: top.map((row) => {
        const customer = nameOf(row, 'customer');
        const owner = nameOf(row, 'owner');
        const way = {
          by: 'owner',
          part: owner ?? '',
          within: [['customer', customer ?? '']] as [string, string][],
        };
        return {
          id: customer ?? '',
          address: null,
          cells: [
            cell(customer ?? m.no_value({}, style), toCard(row['customer_key'], customer)),
            cell(
              owner ?? m.no_value({}, style),
              down(scope, 'receivables.overdue', { by: 'owner', part: owner ?? '' }),
            ),
            ...names.map((name) =>
              figure(row, name, down(scope, `receivables.${name}`, way), {
                tone: name === 'overdue_older' && (numberOf(row, name) ?? 0) > 0 ? 'bad' : null,
              }),
            ),
          ],
        };
      }),
      sentence: most
        ? m.customers_debtors_sentence(
            {
              share: formatPercent(most.share, style.locale),
              customers: m.customers_count(
                { count: most.chosen.length, shown: formatCount(most.chosen.length, style.locale) },
                style,
              ),
              all: formatCount(most.count, style.locale),
              name: most.chosen[0]?.key ?? m.no_value({}, style),
              amount: formatValue(most.chosen[0]?.value ?? null, 'money', style),
            },
            style,
          )
        : '',
    };
  });
}
