import type { TableBlock } from '../../board.ts';
import { formatMonth } from '../../dates.ts';
import { formatCount, formatPercent } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { monthOf } from '../../period.ts';
import { block, cell, nameOf, numberOf, tableBlock } from '../board.ts';
import { named, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import { ignored, lines, planCells, planColumns } from '../sales/plan.ts';
import type { Scope } from '../scope.ts';
import { personCell, standing, teams } from './people.ts';

/** Each manager's plan in money, and how many deals were won of those planned: "2 of 20, at this pace 8". */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const month = formatMonth(monthOf(scope.range?.to ?? scope.today).from, style.locale);
  const empty = tableBlock('plan', m.plan_month({ month }, style), 'pace');
  return block<TableBlock>(scope, ['plan_fact.plan', 'sales.deals'], empty, async () => {
    const [rows, people] = await Promise.all([
      lines(scope, ['employee', 'team'], ['won_amount', 'deals_won']),
      standing({ ...scope, state: { ...scope.state, filters: {} } }),
    ]);
    const teamOf = teams(people);
    const { manager = [], team = [] } = scope.state.filters;
    const of = (kind: string, metric: string) =>
      rows.filter((row) => nameOf(row, 'scope_kind') === kind && nameOf(row, 'metric') === metric);
    const isShown = (name: string) =>
      (manager.length === 0 || manager.includes(name)) &&
      (team.length === 0 || team.includes(teamOf.get(name) ?? ''));
    const shown = of('employee', 'won_amount').filter((row) => isShown(nameOf(row, 'scope') ?? ''));
    const sold = new Map(of('employee', 'deals_won').map((row) => [nameOf(row, 'scope'), row]));
    const sums = of('team', 'won_amount').filter((row) => team.includes(nameOf(row, 'scope') ?? ''));
    const [whole] = team.length === 1 && manager.length === 0 ? sums : [];
    return {
      columns: [
        named(scope, 'owner'),
        named(scope, 'team'),
        ...planColumns(scope),
        titled('deals', m.managers_deals_of_plan({}, style), 'count', m.managers_deals_about({}, style)),
        titled('deals_forecast', m.managers_deals_forecast({}, style), 'count'),
      ],
      rows: shown.map((row) => {
        const name = nameOf(row, 'scope') ?? '';
        const deals = sold.get(name);
        const [, fact, , , forecast] = deals ? planCells(scope, deals, 'manager', 'deals_won') : [];
        const planned = numberOf(deals, 'plan');
        const note =
          planned === null ? '' : m.managers_of({ plan: formatCount(planned, style.locale) }, style);
        return {
          id: name,
          address: null,
          cells: [
            personCell(scope, name),
            cell(teamOf.get(name) || null),
            ...planCells(scope, row, 'manager'),
            fact ? { ...fact, note } : cell(null),
            forecast ?? cell(null),
          ],
        };
      }),
      total: whole
        ? [
            cell(nameOf(whole, 'scope')),
            cell(null),
            ...planCells(scope, whole, 'team'),
            cell(null),
            cell(null),
          ]
        : null,
      sentence: behind(scope, shown),
      ignored_filters: ignored(scope, ['team', 'manager']),
    };
  });
}

function behind({ style }: Scope, rows: Row[]): string {
  if (rows.length === 0) return m.plan_none({}, style);
  const late = rows.filter((row) => (numberOf(row, 'pace') ?? 1) < 0.8);
  const worst = rows.toSorted((a, b) => (numberOf(a, 'pace') ?? 1) - (numberOf(b, 'pace') ?? 1))[0];
  if (late.length === 0) return m.plan_all_ahead({}, style);
  return m.managers_plan_late(
    {
      late: formatCount(late.length, style.locale),
      all: formatCount(rows.length, style.locale),
      name: nameOf(worst ?? {}, 'scope') ?? '',
      pace: formatPercent(numberOf(worst, 'pace'), style.locale),
    },
    style,
  );
}
