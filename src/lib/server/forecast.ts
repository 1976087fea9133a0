import { forecast } from '../forecast.ts';
import { formatCount, formatPercent, formatValue } from '../format.ts';
import type { Outlook, Risk, RiskBlock } from '../page.ts';
import { m } from '../paraglide/messages.js';
import { monthOf } from '../period.ts';
import { link, type FilterKey } from '../state.ts';
import * as cube from './cube.ts';
import { numberIn } from './figures.ts';
import { canForecast, readCourses, type Course } from './forecast/series.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';

const years = 3;

/** The day of the last load of deals: it is not over for them. Null where they have never been loaded. */
export function presentDay({ freshness, timezone }: Scope): string | null {
  const { at } = freshness.asOf(['deals']);
  return at ? new Date(at).toLocaleDateString('sv-SE', { timeZone: timezone }) : null;
}

/**
 * Where a plan line ends its month, for the scope's own filters; `month` is its first day. Null where the month is not in
 * progress, the metric has no course by day, or the deals that the filters leave are not those the plan counts (a team's
 * plan is met by its sub-teams too).
 */
export async function load(
  scope: Scope,
  metric: string,
  month: string,
  fact: number,
): Promise<Outlook | null> {
  const today = presentDay(scope);
  if (!today || !canForecast(metric) || monthOf(today).from !== month) return null;
  const course = (await readCourses(scope, { metric, today, months: 12 * years })).get('');
  if (!course || Math.abs(course.fact - fact) > 0.005 * Math.max(Math.abs(fact), 1)) return null;
  return outlookOf(course);
}

/** What is reached already, the present day included, is never taken back where results cannot be. */
export function outlookOf({ history, now, fact }: Course): Outlook | null {
  const found = forecast(history, now);
  if (!found) return null;
  const floor = Math.max(fact, found.value) === fact && fact >= 0 ? fact : found.value;
  const { low, high, method, error, naive_error, tried } = found;
  return {
    value: floor,
    low: low === null ? null : Math.max(low, Math.min(fact, floor)),
    high: high === null ? null : Math.max(high, floor),
    ...{ method, error, naive_error, tried },
  };
}

/** `By month end 8.1 M ± 0.6, plan 9 M. Such forecasts were off by 6 % so far, the plain run-rate by 11 %.` */
export function sentence(outlook: Outlook, plan: number, { style }: Scope): string {
  const money = (value: number) => formatValue(value, 'money', style);
  const { value, low, high, error, naive_error, method } = outlook;
  const end = { value: money(value), plan: money(plan) };
  const said =
    low === null || high === null
      ? m.outlook_bare(end, style)
      : m.outlook_value({ ...end, half: money(Math.max(high - value, value - low)) }, style);
  return `${said} ${errors()}`;

  function errors(): string {
    const percent = (share: number) => formatPercent(share, style.locale);
    if (error === null) return m.outlook_short({}, style);
    if (method === 'run_rate') return m.outlook_naive({ error: percent(error) }, style);
    return naive_error === null
      ? m.outlook_error_alone({ error: percent(error) }, style)
      : m.outlook_errors({ error: percent(error), naive: percent(naive_error) }, style);
  }
}

const shown = 5;

/**
 * Managers whose plan of the month in progress will probably be missed, most money first, while there is time. Plans of
 * persons are whole: only filters that choose persons leave them comparable.
 */
export async function loadRisks(scope: Scope): Promise<RiskBlock | null> {
  const { state, style, freshness } = scope;
  const today = presentDay(scope);
  const month = monthOf(scope.range?.to ?? scope.today).from;
  const keys = (Object.keys(state.filters) as FilterKey[]).filter((key) => state.filters[key]?.length);
  const isComparable = keys.every((key) => key === 'team' || key === 'manager');
  if (!today || monthOf(today).from !== month || !isComparable) return null;
  if (freshness.missing(['plans', 'deals']).length) return null;
  const block: RiskBlock = {
    state: 'ok',
    title: m.risk_title({}, style),
    sentence: '',
    rows: [],
    hidden: 0,
    as_of: freshness.asOf(['plans', 'deals']),
  };
  const outcome = await safely('plans at risk', style.locale, () =>
    fill(scope, block, today, keys.length > 0),
  );
  return 'value' in outcome ? outcome.value : { ...block, state: 'failed', error: outcome.error };
}

async function fill(
  scope: Scope,
  block: RiskBlock,
  today: string,
  isNarrowed: boolean,
): Promise<RiskBlock | null> {
  const { style, state } = scope;
  const month = monthOf(today);
  const [lines, courses] = await Promise.all([
    readLines(scope, month.from),
    readCourses(scope, { metric: 'won_amount', today, months: 13, by: 'owner' }),
  ]);
  const mine = isNarrowed ? lines.filter(({ name }) => courses.has(name)) : lines;
  if (mine.length === 0) return null;
  const risks = mine.flatMap(({ name, plan, fact, run_rate }): Risk[] => {
    const course = courses.get(name);
    const outlook = course && outlookOf(course);
    const value = outlook?.value ?? run_rate ?? fact;
    if (value >= plan) return [];
    const href = link('/drill/sales.won_amount', {
      ...state,
      period: month,
      by: 'owner',
      part: name,
      page: 1,
    });
    const isSure = outlook?.high !== null && outlook?.high !== undefined && outlook.high < plan;
    return [{ name, plan, fact, forecast: value, missing: plan - value, is_sure: isSure, href }];
  });
  risks.sort((a, b) => b.missing - a.missing || a.name.localeCompare(b.name));
  const missing = risks.reduce((sum, risk) => sum + risk.missing, 0);
  const count = risks.length;
  const words = {
    count,
    shown: formatCount(count, style.locale),
    missing: formatValue(missing, 'money', style),
  };
  const left = daysLeft(courses);
  const days = m.risk_days({ count: left, shown: formatCount(left, style.locale) }, style);
  return {
    ...block,
    rows: risks.slice(0, shown),
    hidden: Math.max(0, count - shown),
    sentence: count ? `${m.risk_sentence(words, style)} ${days}` : m.risk_none({}, style),
  };
}

type Line = { name: string; plan: number; fact: number; run_rate: number | null };

async function readLines({ viewer, timezone }: Scope, month: string): Promise<Line[]> {
  const { rows } = await cube.load(viewer, {
    measures: ['plan', 'fact', 'forecast'].map((name) => `plan_fact.${name}`),
    dimensions: ['plan_fact.scope'],
    timeDimensions: [{ dimension: 'plan_fact.month', dateRange: [month, month] }],
    filters: [
      { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
      { member: 'plan_fact.scope_kind', operator: 'equals', values: ['employee'] },
    ],
    timezone,
  });
  return rows.flatMap((row) => {
    const plan = numberIn(row, 'plan_fact.plan');
    if (!plan) return [];
    const name = String(row['plan_fact.scope'] ?? '');
    return [
      {
        name,
        plan,
        fact: numberIn(row, 'plan_fact.fact') ?? 0,
        run_rate: numberIn(row, 'plan_fact.forecast'),
      },
    ];
  });
}

/** Working days of the month that are not over; today is one of them if it is worked. */
function daysLeft(courses: Map<string, Course>): number {
  const now = [...courses.values()][0]?.now;
  return now ? now.workdays.slice(now.days.length).filter(Boolean).length : 0;
}
