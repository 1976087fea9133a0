import { formatMonth } from '../../dates.ts';
import { formatPercent, formatValue } from '../../format.ts';
import { get, type Condition, type Metric } from '../../metrics.ts';
import type { Kpi, KpiPlan, Outlook, SparkPoint } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import { monthOf } from '../../period.ts';
import { link, type State } from '../../state.ts';
import { metricTitle } from '../../words.ts';
import * as cube from '../cube.ts';
import { whosePlan } from '../drivers/totals.ts';
import { numberIn, trend } from '../figures.ts';
import * as forecast from '../forecast.ts';
import { safely } from '../safely.ts';
import type { Scope } from '../scope.ts';
import { blank } from './kpi.ts';

const measures = ['plan', 'fact', 'completion', 'expected', 'pace', 'forecast'] as const;

/** The plan is made by month, so the tile shows the month in which the period ends. */
export async function load(scope: Scope): Promise<Kpi> {
  const won = get('sales.won_amount');
  const month = monthOf(scope.range?.to ?? scope.today);
  const name = formatMonth(month.from, scope.style.locale);
  const metric: Metric = {
    ...won,
    name: 'plan_fact.completion',
    unit: 'percent',
    entities: ['plans', 'deals'],
    needs: ['plans', 'deals'],
  };
  const state: State = { ...scope.state, period: month, by: 'team' };
  const kpi = {
    ...blank(scope, 'plan', metric, m.plan_month({ month: name }, scope.style)),
    href: link(`/drill/${won.name}`, state),
    ignored_filters: [],
  };
  if (kpi.state !== 'ok') return kpi;
  const outcome = await safely(kpi.id, scope.style.locale, async (): Promise<Kpi> => {
    const [plan, course] = await Promise.all([read(scope, month.from), trend(scope, won, month, 'day')]);
    const outlook =
      plan?.fact == null ? null : await forecast.load(scope, 'won_amount', month.from, plan.fact);
    return {
      ...kpi,
      value: plan?.completion ?? null,
      plan,
      outlook,
      spark: accumulate(course.points),
      spark_grain: course.grain,
      spark_title: `${metricTitle(won.name, scope.style.locale)}. ${m.spark_cumulative({}, scope.style)}`,
      sentence: sentence(scope, plan, name, outlook),
    };
  });
  return 'value' in outcome ? outcome.value : { ...kpi, state: 'failed', error: outcome.error };
}

async function read(scope: Scope, month: string): Promise<KpiPlan | null> {
  const whose = whosePlan(scope);
  if (!whose) return null;
  const filters: Condition[] = [
    { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
    { member: 'plan_fact.scope_kind', operator: 'equals', values: [whose.kind] },
  ];
  if (whose.scopes.length)
    filters.push({ member: 'plan_fact.scope', operator: 'equals', values: whose.scopes });
  const { viewer } = scope;
  const { rows } = await cube.load(viewer, {
    measures: measures.map((name) => `plan_fact.${name}`),
    timeDimensions: [{ dimension: 'plan_fact.month', dateRange: [month, month] }],
    filters,
    timezone: scope.timezone,
  });
  const read = (name: (typeof measures)[number]) => numberIn(rows[0], `plan_fact.${name}`);
  if (read('plan') === null) return null;
  return {
    plan: read('plan'),
    fact: read('fact'),
    completion: read('completion'),
    expected: read('expected'),
    pace: read('pace'),
    forecast: read('forecast'),
  };
}

function sentence(scope: Scope, plan: KpiPlan | null, month: string, outlook: Outlook | null): string {
  const { style } = scope;
  if (!plan?.plan) return m.sentence_plan_none({ month }, style);
  if (outlook) return forecast.sentence(outlook, plan.plan, scope);
  const money = (value: number | null) => formatValue(value, 'money', style);
  const { fact, expected, forecast: rate } = plan;
  if (fact === null || expected === null || rate === null || expected >= plan.plan)
    return m.sentence_plan_done({ fact: money(fact), plan: money(plan.plan) }, style);
  const share = formatPercent(rate / plan.plan, style.locale);
  return fact >= expected
    ? m.sentence_plan_ahead({ forecast: money(rate), share }, style)
    : m.sentence_plan_behind({ gap: money(expected - fact), forecast: money(rate), share }, style);
}

function accumulate(points: SparkPoint[]): SparkPoint[] {
  let sum = 0;
  return points.map(({ at, value }) => {
    if (value === null) return { at, value };
    sum += value;
    return { at, value: sum };
  });
}
