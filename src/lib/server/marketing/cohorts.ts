import { DateTime } from 'luxon';
import type { Cell, Choice, TableBlock } from '../../board.ts';
import { latest, payback } from '../../cohorts.ts';
import { formatCount, formatValue } from '../../format.ts';
import { chosenOf } from '../../lens.ts';
import { m } from '../../paraglide/messages.js';
import { monthOf, type Range } from '../../period.ts';
import { metricTitle } from '../../words.ts';
import { ask, block, cell, down, nameOf, numberOf, tableBlock } from '../board.ts';
import { measured, only, titled } from '../columns.ts';
import type { Row } from '../result.ts';
import type { Scope } from '../scope.ts';
import { choiceOf } from './lens.ts';

const shown = ['retention', 'cumulative_ltv'] as const;
const shownOf = ({ state }: Scope) => shown.find((one) => one === chosenOf(state, 'cohorts')) ?? 'retention';
const longest = 12;

export function choices(scope: Scope): Choice[] {
  return shown.map((key) => ({
    key,
    title: metricTitle(`cohorts.${key}`, scope.style.locale),
    href: choiceOf(scope, 'cohorts', key === 'retention' ? null : key, 'cohorts'),
    is_chosen: key === shownOf(scope),
  }));
}

/** A year of cohorts that ends with the period; a month alone would show none that has had time to come back. */
function spanOf(scope: Scope): Range {
  const { to } = monthOf(scope.range?.to ?? scope.today);
  const from = DateTime.fromISO(to, { zone: 'utc' }).startOf('month').minus({ months: longest }).toISODate();
  return { from: from ?? to, to };
}

type Cohort = {
  at: string;
  customers: number | null;
  spend: number | null;
  cac: number | null;
  months: Map<number, Row>;
};

/** Who came back month by month, what a customer has brought by then, and when that has paid for winning one. */
export function load(scope: Scope): Promise<TableBlock> {
  const { style } = scope;
  const name = shownOf(scope);
  const empty = {
    ...tableBlock('cohorts', m.marketing_cohorts({}, style), '-cohort'),
    shade: 'more' as const,
  };
  return block<TableBlock>(scope, [`cohorts.${name}`], empty, async () => {
    const cohorts = await read(scope);
    const length = Math.max(0, ...cohorts.flatMap(({ months }) => [...months.keys()]));
    const ages = Array.from({ length: Math.min(longest, length) + 1 }, (_, age) => age);
    const values = cohorts.flatMap((one) =>
      ages.slice(1).map((age) => numberOf(one.months.get(age), name) ?? 0),
    );
    const depth = depthOf(values);
    return {
      columns: [
        titled('cohort', m.marketing_cohort({}, style), 'month'),
        measured(scope, 'cohorts.customers'),
        measured(scope, 'marketing.cac'),
        titled('price', m.marketing_price({}, style), 'money', m.marketing_price_about({}, style)),
        titled('ltv', m.marketing_ltv({}, style), 'money', m.marketing_ltv_about({}, style)),
        titled(
          'ratio',
          m.marketing_ltv_to_price({}, style),
          'score',
          m.marketing_ltv_to_price_about({}, style),
        ),
        titled('payback', m.marketing_payback({}, style), 'count', m.marketing_payback_about({}, style)),
        ...ages.map((age) =>
          titled(
            `month_${age}`,
            m.marketing_month({ age: formatCount(age, style.locale) }, style),
            name === 'retention' ? 'percent' : 'money',
          ),
        ),
      ],
      rows: cohorts.map((one) => ({
        id: one.at.slice(0, 7),
        address: null,
        cells: lineOf(scope, name, one, ages, depth),
      })),
      sentence: told(scope, cohorts),
      // cohorts are of whole customers, whose deals come by any channel
      ignored_filters: scope.filters.map(({ title }) => title),
    };
  });
}

/** How deep a shade is: the least is the lightest, not white, which is for what is not known. */
function depthOf(values: number[]): (value: number) => number {
  const known = values.filter((value) => value > 0);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (value) => (high > low ? Math.min(1, Math.max(0.01, (value - low) / (high - low))) : 0.5);
}

/** Newest first. Months that are not over are left out: in them purchases are still to come. */
async function read(scope: Scope): Promise<Cohort[]> {
  const range = spanOf(scope);
  const whole = { ...scope, state: { ...scope.state, filters: {} } };
  const [rows, costs] = await Promise.all([
    ask(whole, {
      view: 'cohorts',
      measures: ['customers', 'active', 'retention', 'cumulative_ltv'],
      by: ['months_since', 'is_complete'],
      time: 'cohort',
      grain: 'month',
      range,
    }),
    ask(whole, { view: 'marketing', measures: ['spend', 'cac'], time: 'date', grain: 'month', range }),
  ]);
  const known = rows.filter((row) => String(row.is_complete) === 'true');
  const days = [...new Set(known.map((row) => dayOf(row, 'cohort.month')))].toSorted().reverse();
  return days.map((at) => {
    const own = known.filter((row) => dayOf(row, 'cohort.month') === at);
    const cost = costs.find((row) => dayOf(row, 'date.month') === at);
    return {
      at,
      customers: numberOf(own[0], 'customers'),
      spend: numberOf(cost, 'spend'),
      cac: numberOf(cost, 'cac'),
      months: new Map(own.map((row) => [Number(row.months_since), row])),
    };
  });
}

const dayOf = (row: Row, name: string) => (nameOf(row, name) ?? '').slice(0, 10);

const priceOf = ({ spend, customers }: Cohort) => (spend !== null && customers ? spend / customers : null);

function courseOf({ months }: Cohort): (number | null)[] {
  const last = Math.max(-1, ...months.keys());
  return Array.from({ length: last + 1 }, (_, age) => numberOf(months.get(age), 'cumulative_ltv'));
}

function lineOf(
  scope: Scope,
  name: string,
  one: Cohort,
  ages: number[],
  depth: (value: number) => number,
): Cell[] {
  const { style } = scope;
  const period = monthOf(one.at);
  const plain = { period, filters: only(null, '') };
  const course = courseOf(one);
  const [price, ltv] = [priceOf(one), latest(course)];
  const paid = payback(course, price);
  const ratio = price && ltv !== null ? ltv / price : null;
  const tone = price === null ? null : paid === null ? ('warn' as const) : null;
  const last = course.length - 1;
  return [
    cell(one.at),
    cell(one.customers, down(scope, 'customers.new', plain)),
    cell(one.cac, one.cac === null ? null : down(scope, 'marketing.cac', plain)),
    cell(price, price === null ? null : down(scope, 'marketing.spend', plain)),
    cell(ltv, down(scope, 'cohorts.cumulative_ltv', { ...plain, within: [['months_since', String(last)]] })),
    cell(ratio, null, { tone: ratio !== null && ratio < 1 ? 'bad' : null }),
    cell(paid, null, { tone, note: paid === null && price !== null ? m.marketing_not_yet({}, style) : '' }),
    ...ages.map((age) => {
      const value = numberOf(one.months.get(age), name);
      const href = down(scope, `cohorts.${name}`, { ...plain, within: [['months_since', String(age)]] });
      // everybody buys in the first month: a full shade would only hide the others
      const share = value !== null && (age > 0 || name !== 'retention') ? depth(value) : null;
      return cell(value, value === null ? null : href, { share });
    }),
  ];
}

/** The middle cohort is what to expect of the next one. */
function told({ style }: Scope, cohorts: Cohort[]): string {
  const priced = cohorts.filter((one) => priceOf(one) !== null);
  const paid = priced.flatMap((one) => payback(courseOf(one), priceOf(one)) ?? []);
  if (priced.length === 0 || cohorts.length < 3) return m.marketing_cohorts_few({}, style);
  const middle = (values: number[]) =>
    values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
  const price = formatValue(middle(priced.map((one) => priceOf(one) ?? 0)), 'money', style);
  const ltv = formatValue(middle(priced.map((one) => latest(courseOf(one)) ?? 0)), 'money', style);
  const counts = {
    paid: formatCount(paid.length, style.locale),
    all: formatCount(priced.length, style.locale),
  };
  return paid.length
    ? m.marketing_cohorts_paid(
        { price, ltv, ...counts, month: formatCount(middle(paid), style.locale) },
        style,
      )
    : m.marketing_cohorts_unpaid({ price, ltv }, style);
}
