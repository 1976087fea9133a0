import type { Metric } from '../metrics.ts';
import type { RecordKind } from '../ways.ts';
import type { RecordSpec } from './record-kinds.ts';

const itself = (metric: Metric) => [{ member: metric.name, unit: metric.unit }];

/** What people do and keep: calls, days of work, customers, plans, assessments, the state of their records. */
export const work: Record<
  Extract<RecordKind, 'calls' | 'days' | 'customers' | 'invoices' | 'plans' | 'assessments' | 'quality'>,
  RecordSpec
> = {
  calls: {
    id: 'call_id',
    entity: 'calls',
    dimensions: [
      'call_id',
      'system',
      'started_at',
      'direction',
      'disposition',
      'employee',
      'customer',
      'customer_key',
      'phone',
    ],
    measures: ['calls', 'talk_minutes'],
    columns: [
      { key: 'call_id', kind: 'text' },
      { key: 'started_at', kind: 'day' },
      { key: 'direction', kind: 'text' },
      { key: 'disposition', kind: 'text' },
      { key: 'employee', kind: 'text' },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'phone', kind: 'text' },
      { key: 'talk_minutes', kind: 'minutes' },
    ],
    order: () => [
      ['started_at', 'desc'],
      ['call_id', 'asc'],
    ],
    totals: (metric) => [
      ...(metric.is_additive ? [] : [{ member: 'calls.calls', unit: 'count' as const }]),
      ...itself(metric),
    ],
  },
  days: {
    id: 'employee',
    dimensions: ['employee', 'team'],
    measures: [
      'contacts',
      'emails',
      'meetings',
      'tasks_done',
      'tasks_overdue',
      'new_deals',
      'active_customers',
    ],
    by: 'date',
    columns: [
      { key: 'date', kind: 'day', read: (pick) => pick('date.day') },
      { key: 'employee', kind: 'text' },
      { key: 'contacts', kind: 'count' },
      { key: 'emails', kind: 'count' },
      { key: 'meetings', kind: 'count' },
      { key: 'tasks_done', kind: 'count' },
      { key: 'tasks_overdue', kind: 'count' },
      { key: 'new_deals', kind: 'count' },
      { key: 'active_customers', kind: 'count' },
    ],
    order: () => [
      ['date', 'desc'],
      ['employee', 'asc'],
    ],
    totals: itself,
  },
  customers: {
    id: 'customer_id',
    dimensions: [
      'customer_id',
      'customer_key',
      'name',
      'segment',
      'owner',
      'region',
      'last_purchase_at',
      'last_contact_at',
    ],
    measures: ['customers', 'revenue_year', 'ltv_revenue', 'ltv'],
    columns: [
      {
        key: 'customer',
        kind: 'text',
        read: (pick) => pick('name') || pick('customer_id'),
        opens: 'card',
      },
      { key: 'segment', kind: 'text' },
      { key: 'owner', kind: 'text' },
      { key: 'region', kind: 'text' },
      { key: 'last_purchase_at', kind: 'day' },
      { key: 'last_contact_at', kind: 'day' },
      { key: 'revenue_year', kind: 'money' },
      { key: 'ltv_revenue', kind: 'money' },
      { key: 'ltv', kind: 'money' },
    ],
    order: () => [
      ['revenue_year', 'desc'],
      ['last_contact_at', 'desc'],
      ['customer_id', 'asc'],
    ],
    totals: itself,
  },
  invoices: {
    id: 'invoice_id',
    entity: 'invoices',
    dimensions: ['invoice_id', 'system', 'date', 'due_at', 'customer', 'customer_key', 'owner'],
    measures: ['outstanding', 'overdue'],
    // what is paid in full is no debt; a payment that names no invoice lessens it
    filters: () => [
      { member: 'receivables.outstanding', operator: 'set' },
      { member: 'receivables.outstanding', operator: 'notEquals', values: ['0'] },
    ],
    columns: [
      { key: 'invoice_id', kind: 'text' },
      { key: 'customer', kind: 'text', opens: 'card' },
      { key: 'owner', kind: 'text' },
      { key: 'date', kind: 'day' },
      { key: 'due_at', kind: 'day' },
      { key: 'outstanding', kind: 'money' },
      { key: 'overdue', kind: 'money' },
    ],
    order: () => [
      ['overdue', 'desc'],
      ['outstanding', 'desc'],
      ['invoice_id', 'asc'],
    ],
    totals: (metric) => [{ member: 'receivables.outstanding', unit: 'money' }, ...itself(metric)],
  },
  plans: {
    id: 'scope',
    dimensions: ['month', 'metric', 'scope_kind', 'scope'],
    measures: ['plan', 'fact', 'completion', 'expected', 'pace', 'forecast', 'gap'],
    columns: [
      { key: 'month', kind: 'day' },
      { key: 'scope', kind: 'text' },
      { key: 'metric', kind: 'text' },
      { key: 'plan', kind: 'count' },
      { key: 'fact', kind: 'count' },
      { key: 'completion', kind: 'percent' },
      { key: 'expected', kind: 'count' },
      { key: 'pace', kind: 'percent' },
      { key: 'forecast', kind: 'count' },
      { key: 'gap', kind: 'count' },
    ],
    order: () => [
      ['month', 'desc'],
      ['scope', 'asc'],
      ['metric', 'asc'],
    ],
    totals: (metric) => itself(metric),
  },
  assessments: {
    id: 'employee',
    dimensions: ['employee', 'team', 'competency'],
    measures: ['average_score', 'score_deviation'],
    columns: [
      { key: 'employee', kind: 'text' },
      { key: 'team', kind: 'text' },
      { key: 'competency', kind: 'text' },
      { key: 'average_score', kind: 'score' },
      { key: 'score_deviation', kind: 'score' },
    ],
    order: () => [
      ['employee', 'asc'],
      ['competency', 'asc'],
    ],
    totals: itself,
  },
  quality: {
    id: 'owner',
    dimensions: ['owner', 'entity', 'source'],
    measures: ['loaded', 'completeness'],
    columns: [
      { key: 'owner', kind: 'text' },
      { key: 'entity', kind: 'text' },
      { key: 'source', kind: 'text' },
      { key: 'loaded', kind: 'count' },
      { key: 'completeness', kind: 'percent' },
    ],
    order: () => [
      ['completeness', 'asc'],
      ['owner', 'asc'],
      ['entity', 'asc'],
    ],
    totals: (metric) => [{ member: 'data_quality.loaded', unit: 'count' }, ...itself(metric)],
  },
};
