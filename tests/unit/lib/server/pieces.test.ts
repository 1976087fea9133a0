import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readEnv } from '#lib/server/env.ts';
import { changeOf, fill, isMaturing } from '#lib/server/figures.ts';
import { describe as describeFreshness } from '#lib/server/freshness.ts';
import { Lru } from '#lib/server/lru.ts';
import { readResult } from '#lib/server/result.ts';
import { rightsKey, sign } from '#lib/server/token.ts';
import { accessOf, type Viewer } from '#lib/viewer.ts';

const viewer: Viewer = {
  user_id: 'u1',
  name: 'Anna',
  email: 'anna@example.com',
  role: 'head',
  locale: 'en',
  access: 'team',
  team_keys: [3, 1],
  employee_keys: [7],
};

describe('result cache', () => {
  test('forgets what was used longest ago', () => {
    const lru = new Lru<number>(3);
    lru.set('a', 1, 1);
    lru.set('b', 2, 1);
    lru.set('c', 3, 1);
    lru.get('a');
    lru.set('d', 4, 1);
    expect(['a', 'b', 'c', 'd'].map((key) => lru.get(key))).toEqual([1, undefined, 3, 4]);
  });

  test('is bounded by weight and does not hold what never fits', () => {
    const lru = new Lru<number>(10);
    lru.set('a', 1, 6);
    lru.set('a', 2, 4);
    lru.set('b', 3, 6);
    expect([lru.get('a'), lru.weight]).toEqual([2, 10]);
    lru.set('huge', 4, 11);
    expect([lru.get('huge'), lru.size]).toEqual([undefined, 2]);
  });
});

describe('token', () => {
  test('says who and what, signed and short-lived', () => {
    const [head = '', body = '', signature] = sign(viewer, 'secret', 1_000_000).split('.');
    expect(JSON.parse(Buffer.from(body, 'base64url').toString())).toEqual({
      sub: 'u1',
      access: 'team',
      team_keys: [3, 1],
      employee_keys: [7],
      iat: 1000,
      exp: 1300,
    });
    expect(signature).toBe(createHmac('sha256', 'secret').update(`${head}.${body}`).digest('base64url'));
  });

  test('equal rights share a result, different ones never', () => {
    expect(rightsKey(viewer)).toBe(rightsKey({ ...viewer, team_keys: [1, 3], employee_keys: [] }));
    const others = [
      { access: 'company' as const, team_keys: [], employee_keys: [] },
      { access: 'own' as const, team_keys: [], employee_keys: [1, 3] },
      { access: 'team' as const, team_keys: [13], employee_keys: [] },
    ];
    expect(new Set([viewer, ...others].map(rightsKey)).size).toBe(4);
  });

  test.each([
    ['executive', 'company'],
    ['marketing', 'company'],
    ['admin', 'company'],
    ['head', 'team'],
    ['manager', 'own'],
    ['something new', 'own'],
  ])('%s sees %s', (role, access) => expect(accessOf(role)).toBe(access));
});

test('numbers arrive as text and become numbers; what is none becomes null', () => {
  const { rows } = readResult({
    data: [{ 'sales.won_amount': '10005534.00', 'sales.team': '42', 'sales.margin': null }],
    annotation: {
      measures: { 'sales.won_amount': { type: 'number' }, 'sales.margin': { type: 'number' } },
      dimensions: { 'sales.team': { type: 'string' } },
    },
  });
  expect(rows).toEqual([{ 'sales.won_amount': 10005534, 'sales.team': '42', 'sales.margin': null }]);
});

describe('trend', () => {
  const range = { from: '2026-11-01', to: '2026-11-04' };
  const found = new Map([['2026-11-02', 5]]);
  const values = (additive: boolean, known: string | null) =>
    fill(found, range, 'day', { is_additive: additive }, known).map((point) => point.value);

  test('a day without rows is zero only for sums and only up to the last load', () => {
    expect(values(true, '2026-11-04')).toEqual([0, 5, 0, null]);
    expect(values(true, '2026-11-03')).toEqual([0, 5, null, null]);
    expect(values(true, null)).toEqual([null, 5, null, null]);
    expect(values(false, '2026-11-05')).toEqual([null, 5, null, null]);
  });

  test('all time reaches from the first to the last row', () => {
    const months = new Map([
      ['2026-01-01', 1],
      ['2026-03-01', 2],
    ]);
    const points = fill(months, null, 'month', { is_additive: true }, '2026-12-01');
    expect(points.map((point) => point.value)).toEqual([1, 0, 2]);
  });
});

test.each([
  ['money', 120, 100, 0.2, 'relative'],
  ['money', -50, -100, 0.5, 'relative'],
  ['money', 5, 0, null, 'relative'],
  ['count', null, 3, null, 'relative'],
  ['percent', 0.3, 0.25, 0.05, 'difference'],
  ['score', 40, 50, -10, 'difference'],
] as const)('%s: %s after %s', (unit, value, before, change, kind) => {
  const found = changeOf({ unit }, value, before);
  expect(found.change_kind).toBe(kind);
  if (change === null) expect(found.change).toBeNull();
  else expect(found.change).toBeCloseTo(change);
});

test.each([
  [100, 10, false],
  [100, 60, true],
  [0, 0, false],
  [null, null, false],
])('a cohort of %s with %s open is still maturing: %s', (all, open, expected) => {
  expect(isMaturing({ 'sales.deals': all, 'sales.deals_open': open })).toBe(expected);
});

describe('freshness', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const source = (name: string, at: string | null, more = {}) => ({
    source: name,
    entities: ['deals'],
    fresh_at: at ? new Date(at) : null,
    failures: 0,
    schedule: '*/15 * * * *',
    stale_after_s: null,
    ...more,
  });

  test('the oldest source speaks for all, those that brought nothing stay silent', () => {
    const { asOf } = describeFreshness(
      [
        source('crm', '2026-11-21T11:00:00Z'),
        source('ads', '2026-11-20T11:00:00Z', { entities: ['marketing_spend'] }),
        source('new', null),
      ],
      [],
      'UTC',
      now,
    );
    expect(asOf()).toMatchObject({ at: '2026-11-20T11:00:00.000Z', worst_source: 'ads' });
    expect(asOf(['deals'])).toMatchObject({ worst_source: 'crm', sources: [{ is_stale: false }] });
    expect(asOf(['complaints'])).toEqual({ at: null, worst_source: null, sources: [] });
  });

  test.each([
    ['on time', source('a', '2026-11-21T11:00:00Z'), false],
    ['too old for its schedule', source('a', '2026-11-19T11:00:00Z'), true],
    ['old but loaded by hand', source('a', '2026-01-01T11:00:00Z', { schedule: null }), false],
    ['in time although its last try failed', source('a', '2026-11-21T11:00:00Z', { failures: 1 }), false],
    [
      'loaded by hand, and that failed',
      source('a', '2026-11-21T11:00:00Z', { schedule: null, failures: 1 }),
      true,
    ],
  ])('%s', (_, one, stale) => {
    expect(describeFreshness([one], [], 'UTC', now).asOf().sources[0]?.is_stale).toBe(stale);
  });

  test('what no source has brought is missing', () => {
    const { missing } = describeFreshness([], ['deals'], 'UTC', now);
    expect(missing(['marketing_spend', 'deals'])).toEqual(['marketing_spend']);
  });
});

test('a wrong variable is named and its value is not', () => {
  const wrong = { WAREHOUSE_URL: 'postgres://x', CUBE_URL: 'nowhere-at-all', PULSE_SECRET: 'short-secret' };
  expect(() => readEnv(wrong)).toThrow('CUBE_URL, PULSE_SECRET');
  expect(() => readEnv(wrong)).not.toThrow(/nowhere|short/);
});

test('single sign-on is set by three variables or by none; empty ones, as containers pass them on, are none', () => {
  const base = {
    WAREHOUSE_URL: 'postgres://x',
    CUBE_URL: 'http://c/cubejs-api',
    PULSE_SECRET: 'long enough to be one',
  };
  const oidc = { OIDC_ISSUER: 'https://id.example.com/', OIDC_CLIENT_ID: 'pulse', OIDC_CLIENT_SECRET: 'x' };
  const empty = Object.fromEntries(Object.keys(oidc).map((name) => [name, '']));
  expect(readEnv({ ...base, ...empty, OIDC_ONLY: '' }).oidc).toBeNull();
  expect(readEnv({ ...base, ...oidc, OIDC_NAME: '', OIDC_ONLY: 'true' }).oidc).toEqual({
    issuer: 'https://id.example.com',
    ...{ clientId: 'pulse', clientSecret: 'x', name: 'id.example.com', trustsEmail: false, isOnly: true },
  });
  const half = { ...base, OIDC_ISSUER: 'id.example.com', OIDC_CLIENT_ID: 'pulse', OIDC_ONLY: 'yes' };
  expect(() => readEnv(half)).toThrow('OIDC_ISSUER, OIDC_CLIENT_SECRET, OIDC_ONLY');
});
