import { beforeAll, expect, test } from 'vitest';
import { define, find, get, memberOf, names } from '#lib/metrics.ts';
import { filtersFor, partsQuery, totalQuery, trendQuery } from '#lib/query.ts';
import { defaults } from '#lib/state.ts';
import { definitions } from './definitions.ts';

beforeAll(() => define(definitions));

const range = { from: '2026-11-01', to: '2026-11-21' };
const scope = { state: defaults, range, timezone: 'Europe/Moscow' };

test('one number asks for one measure in inclusive days', () => {
  expect(totalQuery(get('sales.won_amount'), scope)).toEqual({
    measures: ['sales.won_amount'],
    timeDimensions: [{ dimension: 'sales.closed_at', dateRange: ['2026-11-01', '2026-11-21'] }],
    filters: [{ member: 'sales.status', operator: 'equals', values: ['won'] }],
    timezone: 'Europe/Moscow',
  });
});

test('conversion follows the cohort of creation', () => {
  expect(totalQuery(get('sales.conversion'), scope).timeDimensions?.[0]?.dimension).toBe('sales.created_at');
});

test('what is open now has no period, all time has no range', () => {
  expect(totalQuery(get('service.open'), scope).timeDimensions).toEqual([]);
  expect(totalQuery(get('sales.won_amount'), { ...scope, range: null }).timeDimensions).toEqual([]);
});

test('a trend has its grain', () => {
  expect(trendQuery(get('sales.won_amount'), scope, 'week').timeDimensions).toEqual([
    { dimension: 'sales.closed_at', dateRange: ['2026-11-01', '2026-11-21'], granularity: 'week' },
  ]);
});

test('parts come largest first', () => {
  const query = partsQuery(get('sales.won_amount'), scope, 'team', 10);
  expect(query.dimensions).toEqual(['sales.team']);
  expect(query.order).toEqual([['sales.won_amount', 'desc']]);
});

test('a filter narrows what has its dimension and is named where it has none', () => {
  const state = { ...defaults, filters: { team: ['A', 'B'], channel: ['SEO'] } };
  expect(filtersFor(get('marketing.romi'), state)).toEqual({
    filters: [{ member: 'marketing.channel', operator: 'equals', values: ['SEO'] }],
    ignored: ['team'],
  });
  expect(filtersFor(get('sales.won_amount'), state).ignored).toEqual([]);
});

test('the list of metrics is closed', () => {
  expect(find('sales.nothing')).toBeNull();
  expect(() => get('toString')).toThrow('No metric');
  expect(names).toContain('service.open');
  expect(memberOf('nowhere', 'team')).toBeNull();
});
