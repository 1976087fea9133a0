import { headingsOf, type Column } from './planning/headings.ts';
import { plannedMetric } from './planning/metrics.ts';
import { normal, readAmount, readLevel, readMonth } from './planning/values.ts';

/**
 * Reads a table of plans as people keep it: one line per plan, or a row per person with the months as columns;
 * headings in Russian or English. Names are held against those that the warehouse knows.
 */
export const levels = ['company', 'team', 'employee', 'product', 'channel'] as const;
export type Level = (typeof levels)[number];

/** What the warehouse knows of a level: its names, and the ids that stand for them. */
export type Known = Record<Exclude<Level, 'company'>, { name: string; id: string | null }[]>;
export type Fallbacks = { metric: string; year: number };

export type Fault =
  | { code: 'month' | 'value' | 'metric' | 'level' | 'ambiguous'; value: string }
  | { code: 'scope'; value: string; near: string | null }
  | { code: 'twice'; row: number };

/** `row` is the line of the table, from 1; a wide row gives one plan per month. `month` is its first day. */
export type Plan = { month: string; metric: string; level: Level; scope: string; target: number };
export type Line = { row: number; shown: Record<'month' | 'metric' | 'scope' | 'value', string> } & (
  { plan: Plan; fault: null } | { plan: null; fault: Fault }
);
export type TableProblem = 'no_table' | 'no_month' | 'no_value' | 'too_many';

/** The most that one saving takes. */
export const mostPlans = 2000;

export function readPlans(
  table: string[][],
  known: Known,
  fallbacks: Fallbacks,
  nearest: (name: string, among: string[]) => string | null = () => null,
): { lines: Line[] } | { problem: TableProblem } {
  const found = headingsOf(table, fallbacks.year);
  if (!found) return { problem: 'no_table' };
  const { at, columns } = found;
  const months = columns.filter((column) => column.kind === 'month_column');
  if (!months.length && !columns.some(({ kind }) => kind === 'month')) return { problem: 'no_month' };
  if (!months.length && !columns.some(({ kind }) => kind === 'target')) return { problem: 'no_value' };
  const lines: Line[] = [];
  const seen = new Map<string, number>();
  for (let index = at + 1; index < table.length; index++) {
    const cells = table[index] ?? [];
    if (cells.every((cell) => !cell.trim())) continue;
    for (const entry of entriesOf(cells, columns, months)) {
      if (lines.length >= mostPlans) return { problem: 'too_many' };
      lines.push(readLine(entry, index + 1, { known, fallbacks, nearest, seen }));
    }
  }
  return lines.length ? { lines } : { problem: 'no_table' };
}

type Entry = { month: string; metric: string; level: string; scope: string; value: string };
type Context = {
  known: Known;
  fallbacks: Fallbacks;
  nearest: (name: string, among: string[]) => string | null;
  seen: Map<string, number>;
};

function entriesOf(cells: string[], columns: Column[], months: Column[]): Entry[] {
  const cell = (column: Column | undefined) => (column ? (cells[column.index] ?? '').trim() : '');
  const of = (kind: Column['kind']) => cell(columns.find((column) => column.kind === kind));
  // A column that bears the name of a level says both: Employee, Team …
  const own = columns.find((column) => column.level && cell(column));
  const base = {
    metric: of('metric'),
    level: own?.level ?? of('level'),
    scope: own ? cell(own) : of('scope'),
  };
  if (!months.length) return [{ ...base, month: of('month'), value: of('target') }];
  return months
    .filter((column) => cell(column) !== '')
    .map((column) => ({ ...base, month: column.month ?? '', value: cell(column) }));
}

function readLine(entry: Entry, row: number, { known, fallbacks, nearest, seen }: Context): Line {
  const shown = { month: entry.month, metric: entry.metric, scope: entry.scope, value: entry.value };
  const failed = (fault: Fault): Line => ({ row, shown, plan: null, fault });
  const month = readMonth(entry.month, fallbacks.year);
  if (!month) return failed({ code: 'month', value: entry.month });
  const metric = plannedMetric(entry.metric || fallbacks.metric);
  if (!metric) return failed({ code: 'metric', value: entry.metric });
  const target = readAmount(entry.value);
  if (target === null) return failed({ code: 'value', value: entry.value });
  const scope = readScope(entry, known, nearest);
  if ('code' in scope) return failed(scope);
  const plan = { month, metric, ...scope, target };
  const key = [month, metric, plan.level, normal(plan.scope)].join('\n');
  const earlier = seen.get(key);
  if (earlier !== undefined) return failed({ code: 'twice', row: earlier });
  seen.set(key, row);
  return { row, shown, plan, fault: null };
}

function readScope(
  { level: given, scope }: Entry,
  known: Known,
  nearest: Context['nearest'],
): { level: Level; scope: string } | Fault {
  const level = given ? readLevel(given) : null;
  if (given && !level) return { code: 'level', value: given };
  if (level === 'company' || (!level && (!scope || readLevel(scope) === 'company'))) {
    return { level: 'company', scope: '' };
  }
  const asked = level ? [level] : levels.filter((one) => one !== 'company');
  const found = asked.flatMap((one) => {
    const hit =
      known[one].find(({ name }) => normal(name) === normal(scope)) ??
      known[one].find(({ id }) => id === scope);
    return hit ? [{ level: one, scope: hit.name }] : [];
  });
  if (found.length > 1) return { code: 'ambiguous', value: scope };
  if (found[0]) return found[0];
  return {
    code: 'scope',
    value: scope,
    near: nearest(
      scope,
      asked.flatMap((one) => known[one].map(({ name }) => name)),
    ),
  };
}
