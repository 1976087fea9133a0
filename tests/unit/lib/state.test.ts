import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noPick } from '#lib/explore.ts';
import { comparisons, presets } from '#lib/period.ts';
import { defaults, filterKeys, link, parse, print, type State } from '#lib/state.ts';

const read = (query: string) => parse(new URLSearchParams(query));

test('an empty address is the default state', () => {
  expect(read('')).toEqual({ state: defaults, dropped: [] });
  expect(print(defaults)).toBe('');
  expect(link('/', defaults)).toBe('/');
});

test.each<[string, Partial<State>]>([
  ['period=last_week', { period: { preset: 'last_week' } }],
  ['from=2026-01-01&to=2026-01-31', { period: { from: '2026-01-01', to: '2026-01-31' } }],
  ['compare=last_year', { compare: 'last_year' }],
  ['team=B&team=A&team=A&channel=', { filters: { team: ['B', 'A'] } }],
  ['by=owner&part=&page=3', { by: 'owner', part: '', page: 3 }],
])('%s', (query, expected) => {
  expect(read(query)).toEqual({ state: { ...defaults, ...expected }, dropped: [] });
});

describe('what cannot be understood is dropped and named', () => {
  test.each([
    ['period=someday', 'period', 'invalid'],
    ['from=2026-02-30&to=2026-03-01', 'from', 'invalid'],
    ['from=2026-03-02&to=2026-03-01', 'to', 'invalid'],
    ['from=2026-03-02', 'to', 'invalid'],
    ['compare=plan', 'compare', 'invalid'],
    ['by=sales.owner;drop', 'by', 'invalid'],
    ['in=stage', 'in', 'invalid'],
    ['in=Stage:One', 'in', 'invalid'],
    ['sort=fact', 'sort', 'invalid'],
    ['page=-1', 'page', 'invalid'],
    ['colour=red', 'colour', 'unknown'],
    ['show=sales', 'show', 'invalid'],
    ['as=cake', 'as', 'invalid'],
    ['grain=hour', 'grain', 'invalid'],
    ['across=sales.team', 'across', 'invalid'],
    [`team=${'x'.repeat(301)}`, 'team', 'invalid'],
    [Array.from({ length: 51 }, (_, at) => `team=${at}`).join('&'), 'team', 'many'],
  ])('%s', (query, key, reason) => {
    const { state, dropped } = read(query);
    expect(state).toEqual(defaults);
    expect(dropped.map((one) => [one.key, one.reason])).toEqual([[key, reason]]);
  });

  test('but not what mail programs add', () => {
    expect(read('utm_source=mail&fbclid=1&period=today').dropped).toEqual([]);
  });
});

test('every state survives its address', () => {
  const value = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
  const arbitrary: fc.Arbitrary<State> = fc.record({
    period: fc.constantFrom(...presets.map((preset) => ({ preset })), {
      from: '2025-01-01',
      to: '2025-01-31',
    }),
    compare: fc.constantFrom(...comparisons),
    filters: fc.dictionary(
      fc.constantFrom(...filterKeys),
      fc.uniqueArray(value, { minLength: 1, maxLength: 4 }).map((values) => values.sort()),
    ),
    by: fc.option(fc.constantFrom('team', 'lost_reason')),
    part: fc.option(value),
    within: fc.array(fc.tuple(fc.constantFrom('stage', 'lost_reason'), value), { maxLength: 4 }),
    sort: fc.option(fc.constantFrom('plan.fact', '-plan.fact')),
    whole: fc.constantFrom([], ['calls'], ['calls', 'plan']),
    page: fc.integer({ min: 1, max: 999 }),
    pick: fc.constantFrom(noPick, {
      show: ['sales.won_amount', 'sales.margin'],
      across: 'team',
      as: 'pivot' as const,
      grain: 'week' as const,
      dated: 'created_at',
    }),
    q: fc.constantFrom(null, 'ООО «Вектор»', 'a & b=c', '%_'),
  });
  fc.assert(
    fc.property(arbitrary, (state) => {
      expect(parse(new URLSearchParams(print(state)))).toEqual({
        state: { ...state, filters: { ...state.filters } },
        dropped: [],
      });
    }),
  );
});

test('equal states have equal addresses', () => {
  const one = read('team=B&team=A&period=today').state;
  const other = read('period=today&team=A&team=B').state;
  expect(print(one)).toBe(print(other));
});
