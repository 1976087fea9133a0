import type { Metric } from '../metrics.ts';
import type { RecordKind } from '../ways.ts';
import { historyOf } from './history.ts';
import type { RecordSpec } from './record-kinds.ts';

const itself = (metric: Metric) => [{ member: metric.name, unit: metric.unit }];

/** What people do and keep: calls, days of work, customers, plans, assessments, the state of their records. */
export const work: Record<
  Extract<RecordKind, 'calls' | 'days' | 'customers' | 'plans' | 'assessments' | 'quality'>,
  RecordSpec
> = {
  calls: {
    id: 'call_id',
    dimensions: ['call_id', 'started_at', 'direction', 'disposition', 'employee', 'customer', 'phone'],
    measures: ['calls', 'talk_minutes'],
    columns: [
      { key: 'call_id', kind: 'text' },
      { key: 'started_at', kind: 'day' },
      { key: 'direction', kind: 'text' },
      { key: 'disposition', kind: 'text' },
      { key: 'employee', kind: 'text' },
      { key: 'customer', kind: 'text', href: (pick) => historyOf(pick('customer')) },
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
    dimensions: ['customer_id', 'name', 'segment', 'owner', 'region', 'last_purchase_at', 'last_contact_at'],
    measures: ['customers'],
    columns: [
      {
        key: 'customer',
        kind: 'text',
        read: (pick) => pick('name') || pick('customer_id'),
        href: (pick) => historyOf(pick('name')),
      },
      { key: 'segment', kind: 'text' },
      { key: 'owner', kind: 'text' },
      { key: 'region', kind: 'text' },
      { key: 'last_purchase_at', kind: 'day' },
      { key: 'last_contact_at', kind: 'day' },
    ],
    order: () => [
      ['last_contact_at', 'desc'],
      ['customer_id', 'asc'],
    ],
    totals: itself,
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
