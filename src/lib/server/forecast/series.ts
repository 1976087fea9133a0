import type { Month } from '../../forecast.ts';
import { get, type Condition } from '../../metrics.ts';
import { bucketsOf, daysIn, monthOf, shiftDay, type Range } from '../../period.ts';
import { filtersFor, type CubeQuery } from '../../query.ts';
import * as cube from '../cube.ts';
import { numberIn } from '../figures.ts';
import { Lru } from '../lru.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { rightsKey } from '../token.ts';
import { warehouse } from '../warehouse.ts';

/** Metrics of plan lines that deals give, by the time that dates them. */
const measures: Record<string, { measure: string; time: 'closed_at' | 'created_at' }> = {
  won_amount: { measure: 'won_amount', time: 'closed_at' },
  revenue: { measure: 'won_amount', time: 'closed_at' },
  gross_profit: { measure: 'gross_profit', time: 'closed_at' },
  lost_amount: { measure: 'lost_amount', time: 'closed_at' },
  deals_won: { measure: 'deals_won', time: 'closed_at' },
  won: { measure: 'deals_won', time: 'closed_at' },
  deals_lost: { measure: 'deals_lost', time: 'closed_at' },
  deals: { measure: 'deals', time: 'created_at' },
  leads: { measure: 'deals', time: 'created_at' },
};

export const canForecast = (metric: string) => metric in measures;

export type Course = {
  history: Month[];
  /** the month in progress with the days that are over */
  now: Month;
  /** reached in it so far, the present day too */
  fact: number;
};

export type Asked = {
  metric: string;
  /** the day that is not over yet */
  today: string;
  /** how many past months to learn from */
  months: number;
  by?: 'owner';
};

const most = 50_000;
const everybody = '';
const kept = new Lru<Map<string, Course>>(16 * 1024 * 1024);

/**
 * Results and open deals by day, of all or of each owner (by name). What was open on a past day is what is open now,
 * less what has been created since, and with what has been closed since: known for every day without any history.
 */
export async function readCourses(scope: Scope, asked: Asked): Promise<Map<string, Course>> {
  const who = [rightsKey(scope.viewer), JSON.stringify(scope.state.filters), scope.timezone];
  const key = [await cube.dataVersion(), ...who, JSON.stringify(asked)].join('|');
  const known = kept.get(key);
  if (known) return known;
  const courses = await count(scope, asked);
  kept.set(key, courses, courses.size * asked.months * 31 * 30);
  return courses;
}

async function count(scope: Scope, { metric, today, months, by }: Asked): Promise<Map<string, Course>> {
  const wanted = measures[metric];
  if (!wanted) return new Map();
  const range = { from: monthsBefore(today, months), to: today };
  const { filters } = filtersFor({ ...get('sales.won_amount'), conditions: [] }, scope.state);
  const ask = (names: string[], time: string | null) =>
    load(scope, names, time, range, filters, by ? `sales.${by}` : null);
  const sums = ['won_amount', 'lost_amount'];
  const [closed, created, open, calendar] = await Promise.all([
    ask(
      [
        ...new Set([
          'deals_won',
          'deals_lost',
          ...sums,
          ...(wanted.time === 'closed_at' ? [wanted.measure] : []),
        ]),
      ],
      'closed_at',
    ),
    ask(['deals', ...sums, 'open_amount'], 'created_at'),
    ask(['deals_open', 'open_amount'], null),
    readCalendar(range),
  ]);
  const isValued = total(open, 'open_amount') > 0 && total(closed, 'lost_amount') > 0;
  const [here, came, went] = isValued
    ? [['open_amount'], [...sums, 'open_amount'], sums]
    : [['deals_open'], ['deals'], ['deals_won', 'deals_lost']];
  const key = (row: Row) => (by ? String(row[`sales.${by}`] ?? '') : everybody);
  const keys = new Set([...closed, ...created, ...open].map(key));
  const grouped = [closed, created, open].map((rows) => groupBy(rows, key));
  return new Map(
    [...keys].map((one) => {
      const [left, arrived, standing] = grouped.map((rows) => rows.get(one) ?? []) as [Row[], Row[], Row[]];
      const source = wanted.time === 'closed_at' ? left : arrived;
      const values = byDay(source, wanted.time, [wanted.measure]);
      const flow = { came: byDay(arrived, 'created_at', came), went: byDay(left, 'closed_at', went) };
      const now = here.reduce((sum, name) => sum + total(standing, name), 0);
      return [one, courseOf(calendar, today, values, now, flow)] as const;
    }),
  );
}

async function load(
  scope: Scope,
  names: string[],
  time: string | null,
  range: Range,
  filters: Condition[],
  by: string | null,
): Promise<Row[]> {
  const query: CubeQuery = {
    measures: names.map((name) => `sales.${name}`),
    dimensions: by ? [by] : [],
    timeDimensions: time
      ? [{ dimension: `sales.${time}`, dateRange: [range.from, range.to], granularity: 'day' }]
      : [],
    filters: time ? filters : [...filters, { member: 'sales.status', operator: 'equals', values: ['open'] }],
    // Where a huge company has more, its oldest days are left out.
    order: time ? [[`sales.${time}`, 'desc']] : [],
    limit: most,
    timezone: scope.timezone,
  };
  return (await cube.load(scope.viewer, query)).rows;
}

const total = (rows: Row[], name: string) =>
  rows.reduce((sum, row) => sum + (numberIn(row, `sales.${name}`) ?? 0), 0);

function byDay(rows: Row[], time: string, names: string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) {
    const day = String(row[`sales.${time}.day`] ?? '').slice(0, 10);
    const value = names.reduce((sum, name) => sum + (numberIn(row, `sales.${name}`) ?? 0), 0);
    found.set(day, (found.get(day) ?? 0) + value);
  }
  return found;
}

function groupBy(rows: Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

type Flow = { came: Map<string, number>; went: Map<string, number> };

type Leaf = { month: string; days: string[]; workdays: boolean[] };

/** The months that touch a range, whole, made once for all courses: a day's arithmetic is dear. */
async function readCalendar({ from, to }: Range): Promise<Leaf[]> {
  const worked = await readWorkdays({ from, to: monthOf(to).to });
  return bucketsOf({ from, to }, 'month').map((first) => {
    const month = monthOf(first);
    const start = Date.parse(first);
    const days = Array.from({ length: daysIn(month) }, (_, at) =>
      new Date(start + at * 86_400_000).toISOString().slice(0, 10),
    );
    return { month: first.slice(0, 7), days, workdays: days.map((day) => worked.has(day)) };
  });
}

function courseOf(
  calendar: Leaf[],
  today: string,
  values: Map<string, number>,
  open: number,
  { came, went }: Flow,
): Course {
  // Backwards from what is open now to what was open at the start of each day.
  const stock = new Map<string, number>();
  let left = open;
  for (const { days } of calendar.toReversed())
    for (const day of days.toReversed()) {
      left += (went.get(day) ?? 0) - (came.get(day) ?? 0);
      stock.set(day, left);
    }
  const months = calendar.map(({ month, days, workdays }, at): Month => {
    const over = days.filter((day) => day < today);
    const next = over.length < days.length ? days[over.length] : calendar[at + 1]?.days[0];
    return {
      month,
      workdays,
      days: over.map((day) => values.get(day) ?? 0),
      stock: [...over, next ?? today].map((day) => stock.get(day) ?? 0),
    };
  });
  const now = months.pop()!;
  const fact = now.days.reduce((a, b) => a + b, 0) + (values.get(today) ?? 0);
  return { history: months, now, fact };
}

function monthsBefore(day: string, months: number): string {
  let first = monthOf(day).from;
  for (let left = months; left > 0; left--) first = monthOf(shiftDay(first, -1)).from;
  return first;
}

/** Which days are worked is a setting of the company and not a figure: it stands in the warehouse itself. */
async function readWorkdays({ from, to }: Range): Promise<Set<string>> {
  const rows = await warehouse()<{ day: string; is_workday: boolean }>('core.dim_calendar')
    .select('day')
    .where('is_workday', true)
    .whereBetween('day', [from, to]);
  return new Set(rows.map(({ day }) => day.slice(0, 10)));
}
