import { viewOf, type Condition, type Metric } from '../metrics.ts';
import type { ColumnKind } from '../drill.ts';
import type { RecordKind } from '../ways.ts';
import type { Pick, RecordSpec } from './record-kinds.ts';

const kindOf: Record<string, ColumnKind> = {
  spend: 'money',
  leads: 'count',
  won: 'count',
  cohort_won: 'count',
  revenue: 'money',
  gross_profit: 'money',
  cohort_revenue: 'money',
  cohort_gross_profit: 'money',
  sent: 'count',
  delivered: 'count',
  opened: 'count',
  clicked: 'count',
  unsubscribed: 'count',
};

/** Spend has no record finer than a day of a campaign: what that day brought stands beside it. */
function daysOf(measures: string[], isSome: (view: string) => Condition[] = () => []): RecordSpec {
  return {
    id: 'campaign',
    entity: 'campaigns',
    dimensions: ['channel', 'campaign'],
    measures,
    by: 'date',
    filters: (metric) => isSome(viewOf(metric)),
    columns: [
      { key: 'date', kind: 'day', read: (pick) => pick('date.day') },
      { key: 'channel', kind: 'text' },
      { key: 'campaign', kind: 'text' },
      ...measures.map((key) => ({ key, kind: kindOf[key] ?? ('count' as const) })),
    ],
    order: () => [
      ['date', 'desc'],
      [measures[0] ?? 'date', 'desc'],
      ['channel', 'asc'],
      ['campaign', 'asc'],
    ],
    totals: (metric) => [...measures.map((name) => totalOf(metric, name)), itself(metric)],
  };
}

const itself = (metric: Metric) => ({ member: metric.name, unit: metric.unit });

function totalOf(metric: Metric, name: string) {
  const unit = kindOf[name] === 'money' ? ('money' as const) : ('count' as const);
  return { member: `${viewOf(metric)}.${name}`, unit };
}

/** How much of a deal a figure counts: all of it, or the share that a model of attribution gives the campaign. */
function creditIn({ name }: Metric): string {
  if (name.includes('.cohort_')) return 'cohort_won';
  return name.endsWith('.leads') ? 'leads' : 'won';
}

const isShared = (metric: Metric) => viewOf(metric) === 'attribution';
const amounts = ['revenue', 'gross_profit', 'cohort_revenue', 'cohort_gross_profit'];
const isNamed = (key: string) => (metric: Metric) => metric.name === `${viewOf(metric)}.${key}`;

/** The deals that campaigns have brought, by the day that the figure dates them on. */
const credits: RecordSpec = {
  id: 'deal_id',
  entity: 'deals',
  dimensions: [
    ...['deal_id', 'system', 'title', 'customer', 'customer_key', 'owner'],
    ...['campaign', 'status', 'amount', 'url'],
  ],
  measures: ['leads', 'won', 'cohort_won', ...amounts],
  by: 'date',
  filters: (metric) => [{ member: `${viewOf(metric)}.${creditIn(metric)}`, operator: 'gt', values: ['0'] }],
  columns: [
    { key: 'title', kind: 'text', read: (pick) => pick('title') || pick('deal_id') },
    { key: 'customer', kind: 'text', opens: 'card' },
    { key: 'owner', kind: 'text' },
    { key: 'campaign', kind: 'text' },
    { key: 'status', kind: 'text', of: (metric) => creditIn(metric) === 'leads' },
    { key: 'date', kind: 'day', read: (pick) => pick('date.day') },
    { key: 'amount', kind: 'money', of: (metric) => isShared(metric) || !metric.name.endsWith('revenue') },
    ...['leads', 'won', 'cohort_won'].map((measure) => ({
      ...{ key: 'credit', kind: 'percent' as const, read: (pick: Pick) => pick(measure) },
      of: (metric: Metric) => isShared(metric) && creditIn(metric) === measure,
    })),
    ...amounts.map((key) => ({ key, kind: 'money' as const, of: isNamed(key) })),
  ],
  order: () => [
    ['date', 'desc'],
    ['deal_id', 'asc'],
    ['campaign', 'asc'],
  ],
  totals: (metric) => [totalOf(metric, creditIn(metric)), itself(metric)],
};

/** Deals and days of campaigns, days of letters, and months of cohorts. */
export const marketing: Record<
  Extract<RecordKind, 'credits' | 'campaign_days' | 'cohort_days' | 'letters' | 'cohorts'>,
  RecordSpec
> = {
  credits,
  campaign_days: daysOf(['spend', 'leads', 'won', 'revenue', 'gross_profit']),
  // what was won that day of earlier leads is no part of a cohort
  cohort_days: daysOf(['spend', 'leads', 'cohort_won', 'cohort_revenue', 'cohort_gross_profit'], (view) => [
    {
      or: [
        { member: `${view}.spend`, operator: 'set' },
        { member: `${view}.leads`, operator: 'gt', values: ['0'] },
      ],
    },
  ]),
  letters: daysOf(['sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'leads', 'revenue']),
  cohorts: {
    id: 'months_since',
    dimensions: ['months_since'],
    measures: ['customers', 'active', 'retention', 'revenue', 'cumulative_ltv'],
    by: 'cohort',
    columns: [
      { key: 'cohort', kind: 'day', read: (pick) => pick('cohort.day') },
      { key: 'months_since', kind: 'count' },
      { key: 'customers', kind: 'count' },
      { key: 'active', kind: 'count' },
      { key: 'retention', kind: 'percent' },
      { key: 'revenue', kind: 'money' },
      { key: 'cumulative_ltv', kind: 'money' },
    ],
    order: () => [
      ['cohort', 'desc'],
      ['months_since', 'asc'],
    ],
    totals: (metric) => [{ member: 'cohorts.customers', unit: 'count' }, itself(metric)],
  },
};
