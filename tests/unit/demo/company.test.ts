import { describe, expect, test } from 'vitest';
import { dayOf, isWorkday, monthStart, parseDay, printDay, startOf } from '../../../demo/company/calendar.ts';
import { Random } from '../../../demo/company/random.ts';
import { setScene, simulate } from '../../../demo/company/simulate.ts';

const scale = 0.04;
const scene = setScene({ until: '2026-10-20', scale });
const company = simulate(scene);

describe('chance', () => {
  test('repeats itself for a key and differs between keys', () => {
    const draw = (...key: (string | number)[]): number[] => {
      const random = new Random(...key);
      return [random.next(), random.normal(), random.count(3)];
    };
    expect(draw(1, 'deal', 7)).toEqual(draw(1, 'deal', 7));
    expect(draw(1, 'deal', 7)).not.toEqual(draw(1, 'deal', 8));
    expect(draw(1, 'deal', 7)).not.toEqual(draw(2, 'deal', 7));
  });

  test.each([0.3, 4, 200])('counts around the mean %d', (mean) => {
    const random = new Random('count', mean);
    const total = Array.from({ length: 2000 }, () => random.count(mean)).reduce((a, b) => a + b, 0);
    expect(total / 2000 / mean).toBeCloseTo(1, 1);
  });
});

describe('calendar', () => {
  test.each([
    ['2026-01-05', false],
    ['2026-03-09', false], // 8 March was a Sunday
    ['2026-10-17', false],
    ['2026-10-19', true],
  ])('%s is a workday: %s', (day, expected) => expect(isWorkday(parseDay(day))).toBe(expected));

  test('a day begins at midnight in Moscow', () => {
    expect(new Date(startOf(parseDay('2026-10-20'))).toISOString()).toBe('2026-10-19T21:00:00.000Z');
    expect(printDay(dayOf(Date.parse('2026-10-19T21:00:00Z')))).toBe('2026-10-20');
    expect(printDay(monthStart(parseDay('2026-01-31'), -11))).toBe('2025-02-01');
  });
});

describe('company', () => {
  test('is the same for the same seed and day', () => {
    expect(simulate(scene)).toEqual(company);
  });

  test('is another for another seed', () => {
    expect(simulate({ ...scene, seed: 5 }).deals).not.toEqual(company.deals);
  });

  test('grows by a day without changing what was past', () => {
    const next = simulate({ ...scene, until: scene.until + 1 });
    const now = startOf(scene.until + 1);
    expect(next.moves.filter((m) => m.changed_at < now)).toEqual(company.moves);
    expect(next.calls.filter((c) => c.at < now)).toEqual(company.calls);
    expect(next.payments.filter((p) => p.paid_at < now)).toEqual(company.payments);
    expect(next.spend.filter((s) => s.day <= scene.until)).toEqual(company.spend);
    expect(next.plans).toEqual(company.plans);
    const touched = new Map(next.deals.map((d) => [d.id, d]));
    for (const deal of company.deals) {
      const later = touched.get(deal.id);
      if ((later?.updated_at ?? 0) < now) expect(later).toEqual(deal);
    }
  });

  test('knows nothing of tomorrow', () => {
    const now = startOf(scene.until + 1);
    const times = [
      ...company.deals.flatMap((d) => [
        d.created_at,
        d.closed_at,
        d.first_touch_at,
        d.deleted_at,
        d.updated_at,
      ]),
      ...company.moves.map((m) => m.changed_at),
      ...company.calls.map((c) => c.at),
      ...company.activities.flatMap((a) => [a.created_at, a.completed_at]),
      ...company.invoices.map((i) => i.issued_at),
      ...company.payments.map((p) => p.paid_at),
      ...company.tickets.flatMap((t) => [t.opened, t.answered, t.resolved, t.updated]),
      ...company.answers.map((a) => a.answered),
      ...company.customers.map((c) => c.created_at),
    ];
    expect(times.filter((at) => at !== null && at >= now)).toEqual([]);
  });

  test('has unique identities and references that lead somewhere', () => {
    const ids = <T>(rows: T[], id: (row: T) => unknown): Set<unknown> => {
      const set = new Set(rows.map(id));
      expect(set.size).toBe(rows.length);
      return set;
    };
    const deals = ids(company.deals, (d) => d.id);
    const customers = ids(company.customers, (c) => c.id);
    const users = ids(company.users, (u) => u.id);
    const invoices = ids(company.invoices, (i) => i.id);
    const statuses = ids(company.statuses, (s) => s.id);
    ids(company.moves, (m) => m.id);
    ids(company.activities, (a) => a.id);
    ids(company.touchpoints, (t) => t.id);
    ids(company.payments, (p) => p.id);
    ids(company.tickets, (t) => t.id);
    ids(company.answers, (a) => a.id);
    ids(company.calls, (c) => c.uniqueid);
    expect(company.deals.every((d) => d.company_id === null || customers.has(d.company_id))).toBe(true);
    expect(
      company.deals.every((d) => d.responsible_user_id === null || users.has(d.responsible_user_id)),
    ).toBe(true);
    expect(company.deals.every((d) => statuses.has(d.status_id))).toBe(true);
    expect(company.moves.every((m) => deals.has(m.lead_id) && statuses.has(m.status_id))).toBe(true);
    expect(company.payments.every((p) => invoices.has(p.invoice_id))).toBe(true);
  });

  test('closes what it won or lost, after it began', () => {
    const types = new Map(company.statuses.map((s) => [s.id, s.type]));
    for (const deal of company.deals) {
      const type = types.get(deal.status_id);
      expect(deal.closed_at !== null).toBe(type === 'won' || type === 'lost');
      if (deal.closed_at !== null && deal.created_at !== null)
        expect(deal.closed_at).toBeGreaterThan(deal.created_at);
      if (type === 'won') expect(deal.price).toBeGreaterThan(0);
    }
  });
});
