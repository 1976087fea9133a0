import type { Cell, TableBlock } from '../../board.ts';
import { formatMonth } from '../../dates.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { m } from '../../paraglide/messages.js';
import { monthOf } from '../../period.ts';
import type { FilterKey } from '../../state.ts';
import { ask, block, cell, down, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, only, titled } from '../columns.ts';
import * as forecast from '../forecast.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';

const measures = ['plan', 'fact', 'completion', 'pace', 'forecast', 'gap'];

/** Plan, fact and where the month ends, of the company and its teams; plans are made by month. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const month = monthOf(scope.range?.to ?? scope.today);
  const name = formatMonth(month.from, style.locale);
  const empty = tableBlock('plan', m.plan_month({ month: name }, style), 'pace');
  return block<TableBlock>(scope, ['plan_fact.plan'], empty, async () => {
    const rows = await lines(scope, [
      'company',
      'team',
      ...(scope.viewer.access === 'own' ? ['employee'] : []),
    ]);
    const { team = [] } = scope.state.filters;
    const parts = rows.filter(
      (row) =>
        nameOf(row, 'scope_kind') !== 'company' &&
        (team.length === 0 || team.includes(nameOf(row, 'scope') ?? '')),
    );
    const whole = rows.find((row) => nameOf(row, 'scope_kind') === 'company');
    const columns = planColumns(scope);
    const line = whole ?? (parts.length === 1 ? parts[0] : undefined);
    return {
      columns: [titled('scope', m.plan_whose({}, style), 'text'), ...columns],
      rows: parts.map((row) => {
        const label = nameOf(row, 'scope') ?? '';
        const key = nameOf(row, 'scope_kind') === 'team' ? 'team' : 'manager';
        const toPage = down(scope, 'plan_fact.plan', { period: month, filters: only(key, label) });
        return { id: label, address: null, cells: [cell(label, toPage), ...planCells(scope, row, key)] };
      }),
      total: whole ? [cell(m.home_title({}, style)), ...planCells(scope, whole, null)] : null,
      sentence: [await outlook(scope, line, month.from), behind(scope, parts)].filter(Boolean).join(' '),
      ignored_filters: ignored(scope, ['team']),
    };
  });
}

/** Where the month in progress ends, and how far off such forecasts were so far; empty where nobody can tell. */
async function outlook(scope: Scope, line: Row | undefined, month: string): Promise<string> {
  const [plan, fact] = [numberOf(line, 'plan'), numberOf(line, 'fact')];
  if (plan === null || fact === null) return '';
  const found = await forecast.load(scope, 'won_amount', month, fact);
  return found ? forecast.sentence(found, plan, scope) : '';
}

/** Plans are narrowed by whose they are and by nothing else. */
export function ignored({ filters }: Scope, heeded: FilterKey[]): string[] {
  return filters.filter(({ key }) => !heeded.includes(key as FilterKey)).map(({ title }) => title);
}

/** Lines of plans of the month in which the period ends. */
export function lines(scope: Scope, kinds: string[], metrics = ['won_amount']): Promise<Row[]> {
  const { from } = monthOf(scope.range?.to ?? scope.today);
  const { state } = scope;
  return ask(
    // whose plan is asked for by kind: two filters at once would leave no line
    { ...scope, state: { ...state, filters: {} } },
    {
      view: 'plan_fact',
      measures,
      by: ['scope_kind', 'scope', 'metric'],
      time: 'month',
      range: { from, to: from },
      where: [
        { member: 'plan_fact.metric', operator: 'equals', values: metrics },
        { member: 'plan_fact.scope_kind', operator: 'equals', values: kinds },
      ],
    },
  );
}

export function planColumns(scope: Scope) {
  return measures.map((name) => {
    const column = measured(scope, `plan_fact.${name}`);
    // a better forecast of the whole stands in a sentence: two of one name would contradict each other
    const title = name === 'forecast' ? m.plan_at_pace({}, scope.style) : column.title;
    return { ...column, title, ...(column.kind === 'count' && { kind: 'money' as const }) };
  });
}

/** A line of a plan as cells, each leading to the line or, for the fact, to the deals behind it. */
export function planCells(scope: Scope, row: Row, key: FilterKey | null, metric = 'won_amount'): Cell[] {
  const period = monthOf(scope.range?.to ?? scope.today);
  const filters = only(key, nameOf(row, 'scope') ?? '');
  const within: [string, string][] = metric === 'won_amount' ? [] : [['metric', metric]];
  const pace = numberOf(row, 'pace');
  return measures.map((name) => {
    const value = numberOf(row, name);
    const href =
      name === 'fact'
        ? down(scope, `sales.${metric}`, { period, filters })
        : down(scope, `plan_fact.${name}`, { period, filters, within });
    const tone = pace === null ? null : pace < 0.8 ? 'bad' : pace < 1 ? 'warn' : 'good';
    return cell(value, value === null ? null : href, { tone: name === 'pace' ? tone : null });
  });
}

function behind({ style }: Scope, rows: Row[]): string {
  const worst = rows
    .filter((row) => (numberOf(row, 'pace') ?? 1) < 1)
    .toSorted((a, b) => (numberOf(a, 'pace') ?? 1) - (numberOf(b, 'pace') ?? 1))[0];
  if (!worst) return rows.length ? m.plan_all_ahead({}, style) : m.plan_none({}, style);
  const [plan, forecast] = [numberOf(worst, 'plan'), numberOf(worst, 'forecast')];
  return m.plan_most_behind(
    {
      name: nameOf(worst, 'scope') ?? '',
      pace: formatPercent(numberOf(worst, 'pace'), style.locale),
      forecast: formatValue(forecast, 'money', style),
      plan: formatValue(plan, 'money', style),
    },
    style,
  );
}
