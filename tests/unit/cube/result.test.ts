import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const { standIn } = require('../../../cube/native.js');
const { formatTime, pivotQuery, transformData } = require('../../../cube/result.js');

const annotation = {
  'sales.deals': { type: 'number' },
  'sales.owner': { type: 'string' },
  'sales.created_at': { type: 'time' },
  'sales.created_at.day': { type: 'time' },
  'sales.created_at.month': { type: 'time' },
};
const aliasToMemberNameMap = {
  sales__deals: 'sales.deals',
  sales__owner: 'sales.owner',
  sales__created_at_day: 'sales.created_at.day',
  sales__created_at_month: 'sales.created_at.month',
  secret: 'deals.secret',
};
const request = {
  annotation,
  aliasToMemberNameMap,
  query: { measures: ['sales.deals'] },
  queryType: 'regularQuery',
};

describe('times', () => {
  it.each([
    ['2025-01-01T00:00:00.000', '2025-01-01T00:00:00.000'],
    ['2025-01-01T00:00:00', '2025-01-01T00:00:00.000'],
    ['2025-01-01 10:20:30', '2025-01-01T10:20:30.000'],
    ['2025-01-01 10:20:30.123456', '2025-01-01T10:20:30.123'],
    ['2025-01-01 10:20:30.5 UTC', '2025-01-01T10:20:30.500'],
    ['2025-01-01T10:20:30+03:00', '2025-01-01T10:20:30.000'],
    ['2025-01-01T10:20:30.999Z', '2025-01-01T10:20:30.999'],
    ['not a time', 'not a time'],
    ['2025-01-01', '2025-01-01'],
  ])('%s', (text, expected) => expect(formatTime(text)).toBe(expected));
});

describe('data', () => {
  const raw = {
    members: ['sales__owner', 'sales__created_at_month', 'sales__created_at_day', 'sales__deals'],
    columns: [
      ['Ann', null],
      ['2025-01-01T00:00:00.000', '2025-02-01T00:00:00.000'],
      ['2025-01-31T00:00:00.000', '2025-02-02T00:00:00.000'],
      [3, '10000000000000000000.5'],
    ],
  };
  const query = {
    measures: ['sales.deals'],
    dimensions: ['sales.owner'],
    timeDimensions: [
      {
        dimension: 'sales.created_at',
        granularity: 'month',
        dateRange: ['2025-01-01T00:00:00.000', '2025-02-28T23:59:59.999'],
      },
      { dimension: 'sales.created_at', granularity: 'day' },
    ],
  };

  it('comes as rows, numbers as text, the finest granularity also under the bare name', () => {
    expect(transformData({ ...request, query }, raw)).toEqual([
      {
        'sales.owner': 'Ann',
        'sales.created_at.month': '2025-01-01T00:00:00.000',
        'sales.created_at.day': '2025-01-31T00:00:00.000',
        'sales.created_at': '2025-01-31T00:00:00.000',
        'sales.deals': '3',
      },
      {
        'sales.owner': null,
        'sales.created_at.month': '2025-02-01T00:00:00.000',
        'sales.created_at.day': '2025-02-02T00:00:00.000',
        'sales.created_at': '2025-02-02T00:00:00.000',
        'sales.deals': '10000000000000000000.5',
      },
    ]);
  });

  it('comes compact and columnar with the same values', () => {
    const rows: Record<string, unknown>[] = transformData({ ...request, query }, raw);
    const compact = transformData({ ...request, query, resType: 'compact' }, raw);
    const columnar = transformData({ ...request, query, resType: 'columnar' }, raw);
    const members = Object.keys(rows[0]!);
    expect(compact).toEqual({ members, dataset: rows.map((row) => Object.values(row)) });
    expect(columnar).toEqual({ members, columns: members.map((member) => rows.map((row) => row[member])) });
  });

  it('carries the range of a comparison', () => {
    const rows = transformData({ ...request, query, queryType: 'compareDateRangeQuery' }, raw);
    expect(rows[0].compareDateRange).toBe('2025-01-01T00:00:00.000 - 2025-02-28T23:59:59.999');
  });

  it('carries the common time of blended questions', () => {
    const rows = transformData({ ...request, query, queryType: 'blendingQuery' }, raw);
    expect(rows[1]['time.month']).toBe('2025-02-01T00:00:00.000');
  });

  it('does not repeat a time dimension that is asked for itself', () => {
    const dimensions = ['sales.owner', 'sales.created_at'];
    expect(transformData({ ...request, query: { ...query, dimensions } }, raw)[0]).not.toHaveProperty(
      'sales.created_at',
    );
  });

  it('refuses members that the viewer may not see, even without rows', () => {
    expect(() => transformData(request, { members: ['secret'], columns: [[1]] })).toThrow(
      "hidden member: 'deals.secret'",
    );
    const empty = { members: [], columns: [] };
    expect(transformData(request, empty)).toEqual([]);
    for (const asked of [
      { measures: ['deals.secret'] },
      { dimensions: ['deals.secret'] },
      { timeDimensions: [{ dimension: 'deals.at', granularity: 'day' }] },
    ])
      expect(() => transformData({ ...request, query: asked }, empty)).toThrow('hidden member');
    const filterOnly = { timeDimensions: [{ dimension: 'deals.at', dateRange: ['a', 'b'] }] };
    expect(transformData({ ...request, query: filterOnly }, empty)).toEqual([]);
  });
});

describe('the stand-in', () => {
  it('answers as bytes, without what is private to the planner', async () => {
    const rows = Buffer.from(JSON.stringify({ members: ['sales__deals'], columns: [[1]] }));
    const result = {
      query: { ...request.query, cacheMode: 'no-cache', contextSymbols: {} },
      slowQuery: false,
      total: null,
    };
    const bytes: ArrayBuffer = await standIn.getFinalQueryResult(request, rows, result);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({
      query: { measures: ['sales.deals'] },
      slowQuery: false,
      data: [{ 'sales.deals': '1' }],
    });
  });

  it('hides the literals of a statement', () => {
    expect(standIn.redactSqlLiterals(`select 'it''s', 1 from t where a = 'b'`)).toBe(
      `select 'redacted', 1 from t where a = 'redacted'`,
    );
  });

  it('describes several questions as one', () => {
    const of = (measure: string) => ({
      measures: [measure],
      timeDimensions: [{ dimension: 'a.b', granularity: 'day' }],
    });
    expect(pivotQuery('blendingQuery', [of('x.a'), of('y.b')])).toMatchObject({
      measures: ['x.a', 'y.b'],
      timeDimensions: [{ dimension: 'time', granularity: 'day' }],
    });
    expect(pivotQuery('compareDateRangeQuery', [{ dimensions: ['x.d'] }])).toMatchObject({
      dimensions: ['compareDateRange', 'x.d'],
    });
  });
});
