import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

type Query = Record<string, unknown>;
const load = createRequire(import.meta.url);
const { refuseMixed } = load('../../../cube/required.js') as { refuseMixed: (query: Query) => Query };

const linear = { member: 'attribution.model', operator: 'equals', values: ['linear'] };
const decay = { ...linear, values: ['time_decay'] };
const touched: [string, Query][] = [
  ['a measure', { measures: ['attribution.leads'] }],
  ['a dimension', { dimensions: ['attribution.channel'] }],
  ['a time', { timeDimensions: [{ dimension: 'attribution.date', granularity: 'month' }] }],
  ['a filter by a measure', { filters: [{ member: 'attribution.revenue', operator: 'gt', values: ['0'] }] }],
  ['a filter by a dimension', { filters: [{ member: 'attribution.channel', operator: 'set' }] }],
  [
    'a filter deep in groups',
    { filters: [{ or: [{ and: [{ dimension: 'attribution.channel', operator: 'set' }] }] }] },
  ],
  ['an order', { measures: ['sales.deals'], order: [{ id: 'attribution.revenue', desc: true }] }],
  ['another view besides', { measures: ['sales.deals', 'attribution.leads'] }],
  ['all models as rows', { measures: ['attribution.leads'], dimensions: ['attribution.model'] }],
];

describe('a question about attribution', () => {
  it.each(touched)('that touches it by %s is refused without one model and passes with it', (_, query) => {
    expect(() => refuseMixed(query)).toThrow(/needs one model: filter attribution\.model by exactly one of/);
    const filters = [...((query.filters as object[]) ?? []), linear];
    expect(refuseMixed({ ...query, filters })).toEqual({ ...query, filters });
  });

  it.each([
    ['several models at once', [{ ...linear, values: ['linear', 'time_decay'] }]],
    ['none of them', [{ ...linear, values: [] }]],
    ['one that does not exist', [{ ...linear, values: ['best_touch'] }]],
    ['all but one', [{ ...linear, operator: 'notEquals' }]],
    ['a part of the name', [{ ...linear, operator: 'contains', values: ['line'] }]],
    ['any at all', [{ member: 'attribution.model', operator: 'set' }]],
    ['one or another', [{ or: [linear, decay] }]],
    ['one or something else', [{ or: [linear, { member: 'attribution.channel', operator: 'set' }] }]],
    ['one or another, deeper', [{ and: [{ or: [{ and: [linear] }, decay] }] }]],
  ])('is refused with a filter by %s', (_, filters) => {
    expect(() => refuseMixed({ measures: ['attribution.leads'], filters })).toThrow(/needs one model/);
  });

  it('may list the models', () => {
    expect(refuseMixed({ dimensions: ['attribution.model'] })).toBeTruthy();
  });

  it('takes one model in a group that each row has to meet, also if it is named twice', () => {
    const filters = [{ and: [{ and: [{ ...linear, values: ['linear', 'linear'] }] }] }];
    expect(refuseMixed({ measures: ['attribution.leads'], filters })).toBeTruthy();
  });

  it('leaves other views alone', () => {
    expect(refuseMixed({ measures: ['sales.deals'], dimensions: ['sales.team'] })).toBeTruthy();
  });
});

describe('a question about plans', () => {
  const metric = { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] };
  const kind = { member: 'plan_fact.scope_kind', operator: 'equals', values: ['team'] };

  it('is refused while figures of different metrics or kinds of scope would be added', () => {
    for (const filters of [
      [],
      [metric],
      [kind],
      [{ or: [metric, kind] }],
      [{ ...metric, values: ['a', 'b'] }, kind],
    ])
      expect(() => refuseMixed({ measures: ['plan_fact.plan'], filters })).toThrow(/plan_fact needs one/);
    expect(() =>
      refuseMixed({
        dimensions: ['plan_fact.scope'],
        filters: [{ member: 'plan_fact.gap', operator: 'lt', values: ['0'] }],
      }),
    ).toThrow(/plan_fact needs one metric/);
  });

  it('passes with filters or groups of both, and to list whose plans there are', () => {
    const measures = ['plan_fact.plan'];
    expect(refuseMixed({ measures, filters: [metric, kind] })).toBeTruthy();
    expect(refuseMixed({ measures, dimensions: ['plan_fact.metric'], filters: [kind] })).toBeTruthy();
    expect(refuseMixed({ dimensions: ['plan_fact.scope'], filters: [metric] })).toBeTruthy();
  });
});
