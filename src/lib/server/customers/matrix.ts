import type { Cell, TableBlock } from '../../board.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { ask, block, cell, down, nameOf, numberOf, tableBlock } from '../board.ts';
import { labelled, measured, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const classes = ['A', 'B', 'C'];
const rhythms = ['X', 'Y', 'Z', 'n/a'];
const bought = [{ member: 'customers.abc', operator: 'set' as const }];

const sum = (rows: Row[], name: string) => rows.reduce((all, row) => all + (numberOf(row, name) ?? 0), 0);

/** Who brings how much (ABC) and how evenly (XYZ): the money of the year in each cell, and how many bring it. */
export function abcXyz(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('abc_xyz', m.customers_matrix({}, style));
  return block<TableBlock>(scope, ['customers.revenue_year'], empty, async () => {
    const rows = await ask(scope, {
      view: 'customers',
      measures: ['customers', 'revenue_year'],
      by: ['abc', 'xyz'],
      where: bought,
    });
    const find = (abc: string | null, xyz: string | null) =>
      rows.filter(
        (row) => (abc === null || nameOf(row, 'abc') === abc) && (xyz === null || nameOf(row, 'xyz') === xyz),
      );
    const largest = Math.max(1, ...rows.map((row) => numberOf(row, 'revenue_year') ?? 0));
    const at = (abc: string | null, xyz: string | null, isShaded: boolean): Cell => {
      const found = find(abc, xyz);
      const count = sum(found, 'customers');
      if (count === 0) return cell(null);
      const money = sum(found, 'revenue_year');
      const within: [string, string][] = [];
      if (abc !== null) within.push(['abc', abc]);
      if (xyz !== null) within.push(['xyz', xyz]);
      return cell(money, down(scope, 'customers.revenue_year', { by: 'owner', within }), {
        share: isShaded ? money / largest : null,
        note: m.customers_count({ count, shown: formatCount(count, style.locale) }, style),
      });
    };
    const line = (abc: string | null) => [
      ...rhythms.map((xyz) => at(abc, xyz, abc !== null)),
      at(abc, null, false),
    ];
    const best = find('A', null);
    const all = sum(rows, 'revenue_year');
    return {
      columns: [
        titled('abc', m.customers_abc({}, style), 'text'),
        ...rhythms.map((xyz) => {
          const name = xyz === 'n/a' ? 'none' : xyz;
          return titled(`xyz_${name.toLowerCase()}`, labelled(scope, 'xyz', name), 'money');
        }),
        titled('sum', m.drill_total({}, style), 'money'),
      ],
      shade: 'more',
      rows: classes
        .filter((abc) => find(abc, null).length)
        .map((abc) => ({
          id: abc,
          address: null,
          cells: [
            cell(abc, down(scope, 'customers.revenue_year', { by: 'xyz', within: [['abc', abc]] }), {
              note: labelled(scope, 'abc_about', abc),
            }),
            ...line(abc),
          ],
        })),
      total: rows.length ? [cell(m.drill_total({}, style)), ...line(null)] : null,
      sentence:
        best.length && all > 0
          ? m.customers_matrix_sentence(
              {
                customers: m.customers_count(
                  { count: sum(best, 'customers'), shown: formatCount(sum(best, 'customers'), style.locale) },
                  style,
                ),
                part: formatPercent(sum(best, 'customers') / sum(rows, 'customers'), style.locale),
                share: formatPercent(sum(best, 'revenue_year') / all, style.locale),
                steady: formatPercent(
                  sum([...find(null, 'X'), ...find(null, 'Y')], 'revenue_year') / all,
                  style.locale,
                ),
              },
              style,
            )
          : '',
    };
  });
}

const groups = ['star', 'cash_cow', 'question_mark', 'dog'];

/** Where the money grows and where it shrinks. */
export function bcg(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const empty = tableBlock('bcg', m.customers_bcg({}, style));
  return block<TableBlock>(scope, ['customers.revenue_year'], empty, async () => {
    const rows = await ask(scope, {
      view: 'customers',
      measures: ['customers', 'revenue_year', 'revenue_before'],
      by: ['bcg'],
      where: bought,
    });
    const all = sum(rows, 'revenue_year');
    const cellsOf = (name: string) => {
      const found = rows.filter((row) => nameOf(row, 'bcg') === name);
      const [now, before] = [sum(found, 'revenue_year'), sum(found, 'revenue_before')];
      const growth = before > 0 ? now / before - 1 : null;
      const to = (metric: string) =>
        down(scope, `customers.${metric}`, { by: 'owner', within: [['bcg', name]] });
      return [
        cell(labelled(scope, 'bcg', name), to('revenue_year'), {
          note: labelled(scope, 'bcg_about', name),
        }),
        cell(sum(found, 'customers'), to('customers')),
        cell(now, to('revenue_year')),
        cell(all > 0 ? now / all : null),
        cell(before, to('revenue_before')),
        cell(growth, null, { tone: growth === null ? null : growth < 0 ? 'bad' : 'good' }),
      ];
    };
    const known = groups.filter((name) => rows.some((row) => nameOf(row, 'bcg') === name));
    return {
      columns: [
        titled('bcg', m.customers_group({}, style), 'text'),
        measured(scope, 'customers.customers'),
        measured(scope, 'customers.revenue_year'),
        titled('share', m.customers_share({}, style), 'percent'),
        measured(scope, 'customers.revenue_before'),
        titled('growth', m.customers_growth({}, style), 'percent'),
      ],
      rows: known.map((name) => ({ id: name, address: null, cells: cellsOf(name) })),
      sentence: known.length ? m.customers_bcg_about({}, style) : '',
    };
  });
}
