import type { ColumnKind } from '../drill.ts';
import type { Condition, Metric } from '../metrics.ts';
import type { RecordKind } from '../ways.ts';
import type { Unit } from '../page.ts';
import { marketing } from './record-kinds-marketing.ts';
import { work } from './record-kinds-work.ts';
import type { Cell } from './result.ts';

export type Pick = (name: string) => Cell;
type ColumnSpec = {
  key: string;
  kind: ColumnKind;
  read?: (pick: Pick) => Cell;
  /** the page of this product about what the cell names */
  opens?: 'card';
  /** metrics of which it says nothing leave it out */
  of?: (metric: Metric) => boolean;
};

export type RecordSpec = {
  id: string;
  /** whose `record_url` leads to a record; of a day of a campaign, to the campaign */
  entity?: string;
  dimensions: string[];
  measures: string[];
  /** a time dimension to group by day, where the record is a day of something */
  by?: string;
  filters?: (metric: Metric) => Condition[];
  columns: ColumnSpec[];
  order: (metric: Metric) => [string, 'asc' | 'desc'][];
  totals: (metric: Metric) => { member: string; unit: Unit }[];
};

/** What a table of the records behind a metric shows. */
export const columnsOf = ({ columns }: RecordSpec, metric: Metric): ColumnSpec[] =>
  columns.filter(({ of }) => of?.(metric) ?? true);

export const titleOr =
  (id: string, name: string) =>
  (pick: Pick): Cell =>
    pick(name) || pick(id);

/** Each deal has its amount under one of three measures, by its status. */
function amount(pick: Pick): Cell {
  const known = ['won_amount', 'lost_amount', 'open_amount'].flatMap((name) => {
    const value = pick(name);
    return value === null || value === '' ? [] : [Number(value)];
  });
  return known.length ? known.reduce((sum, value) => sum + value, 0) : null;
}

const dateOf = (metric: Metric) => metric.time?.split('.')[1] ?? 'created_at';

export const kinds: Record<RecordKind, RecordSpec> = {
  deals: {
    id: 'deal_id',
    entity: 'deals',
    dimensions: [
      'deal_id',
      'system',
      'title',
      'customer',
      'customer_key',
      'owner',
      'status',
      'created_at',
      'closed_at',
      'url',
    ],
    measures: ['won_amount', 'lost_amount', 'open_amount'],
    columns: [
      { key: 'title', kind: 'text', read: titleOr('deal_id', 'title') },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'owner', kind: 'text' },
      { key: 'status', kind: 'text' },
      { key: 'created_at', kind: 'day' },
      { key: 'closed_at', kind: 'day' },
      { key: 'amount', kind: 'money', read: amount },
    ],
    order: (metric) => [
      [dateOf(metric), 'desc'],
      ['deal_id', 'asc'],
    ],
    totals: (metric) =>
      metric.name === 'sales.conversion'
        ? [
            { member: 'sales.deals', unit: 'count' },
            { member: 'sales.deals_won', unit: 'count' },
            { member: metric.name, unit: metric.unit },
          ]
        : [
            { member: 'sales.deals', unit: 'count' },
            { member: metric.name, unit: metric.unit },
          ],
  },
  steps: {
    id: 'deal_id',
    entity: 'deals',
    dimensions: [
      'deal_id',
      'system',
      'title',
      'customer',
      'customer_key',
      'owner',
      'stage',
      'status',
      'created_at',
      'closed_at',
      'url',
    ],
    measures: ['days_in_stage', 'lost_amount_here', 'stuck_amount'],
    columns: [
      { key: 'title', kind: 'text', read: titleOr('deal_id', 'title') },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'owner', kind: 'text' },
      { key: 'stage', kind: 'text' },
      { key: 'status', kind: 'text' },
      { key: 'created_at', kind: 'day' },
      { key: 'closed_at', kind: 'day' },
      { key: 'days_in_stage', kind: 'days' },
      { key: 'lost_amount_here', kind: 'money', of: ({ name }) => !/stuck|days/.test(name) },
      { key: 'stuck_amount', kind: 'money', of: ({ name }) => !name.includes('lost') },
    ],
    order: (metric) =>
      metric.name.startsWith('funnel.stuck') || metric.name.startsWith('funnel.days')
        ? [
            ['days_in_stage', 'desc'],
            ['deal_id', 'asc'],
          ]
        : [
            [dateOf(metric), 'desc'],
            ['deal_id', 'asc'],
            ['stage', 'asc'],
          ],
    totals: (metric) =>
      metric.name === 'funnel.step_conversion'
        ? [
            { member: 'funnel.entered', unit: 'count' },
            { member: 'funnel.passed', unit: 'count' },
            { member: metric.name, unit: metric.unit },
          ]
        : [{ member: metric.name, unit: metric.unit }],
  },
  ...work,
  ...marketing,
  spend: {
    id: 'campaign',
    entity: 'campaigns',
    dimensions: ['channel', 'campaign'],
    measures: ['spend', 'revenue', 'gross_profit'],
    by: 'date',
    filters: () => [
      {
        or: [
          { member: 'marketing.spend', operator: 'set' },
          { member: 'marketing.gross_profit', operator: 'set' },
        ],
      },
    ],
    columns: [
      { key: 'date', kind: 'day', read: (pick) => pick('date.day') },
      { key: 'channel', kind: 'text' },
      { key: 'campaign', kind: 'text' },
      { key: 'spend', kind: 'money' },
      { key: 'revenue', kind: 'money' },
      { key: 'gross_profit', kind: 'money' },
    ],
    order: () => [
      ['date', 'desc'],
      ['spend', 'desc'],
      ['campaign', 'asc'],
    ],
    totals: (metric) => [
      { member: 'marketing.spend', unit: 'money' },
      { member: 'marketing.gross_profit', unit: 'money' },
      { member: metric.name, unit: metric.unit },
    ],
  },
  responses: {
    id: 'response_id',
    entity: 'survey_responses',
    dimensions: [
      'response_id',
      'system',
      'answered_at',
      'score',
      'customer',
      'customer_key',
      'employee',
      'survey',
      'comment',
    ],
    measures: ['responses'],
    columns: [
      { key: 'answered_at', kind: 'day' },
      { key: 'score', kind: 'count' },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'employee', kind: 'text' },
      { key: 'comment', kind: 'text' },
    ],
    order: () => [
      ['answered_at', 'desc'],
      ['response_id', 'asc'],
    ],
    totals: (metric) => [
      { member: 'nps.responses', unit: 'count' },
      { member: 'nps.promoters', unit: 'count' },
      { member: 'nps.detractors', unit: 'count' },
      { member: metric.name, unit: metric.unit },
    ],
  },
  complaints: {
    id: 'complaint_id',
    entity: 'complaints',
    dimensions: [
      'complaint_id',
      'system',
      'subject',
      'opened_at',
      'status',
      'cause',
      'stage',
      'product',
      'customer',
      'customer_key',
      'employee',
      'url',
    ],
    measures: ['complaints'],
    columns: [
      { key: 'subject', kind: 'text', read: titleOr('complaint_id', 'subject') },
      { key: 'opened_at', kind: 'day' },
      { key: 'status', kind: 'text' },
      { key: 'cause', kind: 'text' },
      { key: 'stage', kind: 'text' },
      { key: 'product', kind: 'text' },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'employee', kind: 'text' },
    ],
    order: () => [
      ['opened_at', 'desc'],
      ['complaint_id', 'asc'],
    ],
    totals: (metric) => [{ member: metric.name, unit: metric.unit }],
  },
};
