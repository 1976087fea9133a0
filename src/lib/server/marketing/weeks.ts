import { DateTime } from 'luxon';
import { models, type Lens } from '../../lens.ts';
import type { Week } from '../../marginal.ts';
import { isDecided } from '../figures.ts';
import { bucketsOf, shiftDay, type Range } from '../../period.ts';
import { ask, nameOf, numberOf } from '../board.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { look } from './lens.ts';

export type Campaign = {
  channel: string | null;
  source: string | null;
  name: string | null;
  weeks: Week[];
  won: number;
  romi: number | null;
  /** spend of the last 30 days of the period; 0 for what has ended */
  running: number;
  /** gross profit for a unit of spend under the model that is kindest to it */
  kindest: number | null;
};

const by = ['channel', 'source', 'campaign'];
const most = 60;
const idOf = (row: Row) => JSON.stringify(by.map((name) => nameOf(row, name)));
const day = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' });

export const recentOf = (scope: Scope): Range => {
  const end = scope.range && scope.range.to < scope.today ? scope.range.to : scope.today;
  return { from: shiftDay(end, -29), to: end };
};

/** The year of whole weeks up to the last month whose leads are mostly decided; null while there is none. */
export async function spanOf(scope: Scope): Promise<Range | null> {
  const { to } = recentOf(scope);
  const rows = await ask(
    { ...scope, state: { ...scope.state, filters: {} } },
    {
      view: 'sales',
      measures: ['deals', 'deals_open'],
      time: 'created_at',
      grain: 'month',
      range: { from: day(to).minus({ months: 18 }).startOf('month').toISODate() ?? to, to },
      order: [['created_at', 'asc']],
    },
  );
  const decided = rows
    .filter((row) => isDecided(numberOf(row, 'deals'), numberOf(row, 'deals_open')))
    .map((row) => day(nameOf(row, 'created_at.month') ?? '').endOf('month'))
    .filter((end) => end <= day(to).endOf('day'));
  const last = decided.at(-1);
  if (!last) return null;
  const sunday = last.plus({ days: 1 }).startOf('week').minus({ days: 1 });
  return {
    from: sunday.minus({ weeks: 52 }).plus({ days: 1 }).toISODate() ?? to,
    to: sunday.toISODate() ?? to,
  };
}

/** The campaigns with most spend, week by week: what each cost, its leads, and what these have brought so far. */
export async function read(scope: Scope, lens: Lens, span: Range): Promise<Campaign[]> {
  const cohort: Lens = { ...lens, isCohort: true };
  const recent = recentOf(scope);
  const everyLens: Lens[] = [null, ...models].map((model) => ({ model, isCohort: true }));
  const [totals, running, kinds] = await Promise.all([
    look(scope, cohort, {
      names: ['spend', 'won', 'romi'],
      by,
      range: span,
      order: [['spend', 'desc']],
      limit: most,
    }),
    look(scope, cohort, { names: ['spend'], by, range: recent, limit: 3000 }),
    Promise.all(
      everyLens.map((one) =>
        look(scope, one, { names: ['spend', 'gross_profit'], by, range: span, limit: 3000 }),
      ),
    ),
  ]);
  const paid = totals.filter((row) => (numberOf(row, 'spend') ?? 0) > 0);
  const names = [...new Set(paid.flatMap((row) => nameOf(row, 'campaign') ?? []))];
  if (names.length === 0) return [];
  const rows = await look(scope, cohort, {
    names: ['spend', 'leads', 'gross_profit'],
    by,
    range: span,
    grain: 'week',
    where: [{ dimension: 'campaign', operator: 'equals', values: names }],
  });
  const starts = bucketsOf(span, 'week');
  const weeks = new Map<string, Row[]>();
  for (const row of rows) weeks.set(idOf(row), [...(weeks.get(idOf(row)) ?? []), row]);
  const now = new Map(running.map((row) => [idOf(row), numberOf(row, 'spend') ?? 0]));
  const returns = kinds.map((found) => new Map(found.map((row) => [idOf(row), row])));
  return paid.map((row) => {
    const id = idOf(row);
    const found = returns.flatMap((one) => {
      const spend = numberOf(one.get(id), 'spend');
      return spend ? (numberOf(one.get(id), 'gross_profit') ?? 0) / spend : [];
    });
    return {
      channel: nameOf(row, 'channel'),
      source: nameOf(row, 'source'),
      name: nameOf(row, 'campaign'),
      weeks: weeksOf(weeks.get(id) ?? [], starts),
      won: numberOf(row, 'won') ?? 0,
      romi: numberOf(row, 'romi'),
      running: now.get(id) ?? 0,
      kindest: found.length ? Math.max(...found) : null,
    };
  });
}

function weeksOf(rows: Row[], starts: string[]): Week[] {
  const known = new Map(rows.map((row) => [(nameOf(row, 'date.week') ?? '').slice(0, 10), row]));
  return starts.map((at) => ({
    spend: numberOf(known.get(at), 'spend') ?? 0,
    leads: numberOf(known.get(at), 'leads') ?? 0,
    profit: numberOf(known.get(at), 'gross_profit') ?? 0,
  }));
}
