import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noRealData } from '../harness/real.ts';
import { loadReal, type Loaded } from './load.ts';

// Independent figures: the data set's publisher, and counts made on the files by others.
describe.skipIf(noRealData)('a hardware seller (maven_crm)', () => {
  let maven: Loaded;
  beforeAll(async () => {
    maven = await loadReal('maven');
  });
  afterAll(() => maven?.close());

  test('every row is accounted for, and a second load changes nothing', async () => {
    expect(maven.runs[0]?.streams.find((s) => s.stream === 'deals')).toMatchObject({
      read: 8800,
      inserted: 8800,
      quarantined: 0,
    });
    const [again] = await maven.again();
    for (const stream of again?.streams ?? [])
      expect(stream).toMatchObject({ inserted: 0, updated: 0, deleted: 0 });
  });

  test('won, lost, open, amount and cycle', async () => {
    const [row] = await maven.ask({
      measures: [
        'deals',
        'deals_won',
        'deals_lost',
        'deals_open',
        'won_amount',
        'cycle_days',
        'cycle_days_median',
        'win_rate',
      ].map((m) => `sales.${m}`),
    });
    expect(row).toMatchObject({
      'sales.deals': 8800,
      'sales.deals_won': 4238,
      'sales.deals_lost': 2473,
      'sales.deals_open': 2089,
      'sales.won_amount': 10_005_534,
      'sales.cycle_days_median': 57,
    });
    expect(Number(row?.['sales.cycle_days'])).toBeCloseTo(51.78, 2);
    expect(Number(row?.['sales.win_rate'])).toBeCloseTo(4238 / 6711, 10);
  });

  test('by stage, by manager, by month and by product', async () => {
    const stages = await maven.ask({ measures: ['sales.deals'], dimensions: ['sales.stage'] });
    expect(Object.fromEntries(stages.map((r) => [r['sales.stage'], r['sales.deals']]))).toEqual({
      Won: 4238,
      Lost: 2473,
      Engaging: 1589,
      Prospecting: 500,
    });
    const [melvin] = await maven.ask({
      measures: ['sales.deals_won', 'sales.won_amount'],
      filters: [{ member: 'sales.team', operator: 'equals', values: ['Melvin Marxen'] }],
    });
    expect(melvin).toEqual({ 'sales.deals_won': 882, 'sales.won_amount': 2_251_930 });
    const [december] = await maven.ask({
      measures: ['sales.won_amount'],
      timeDimensions: [{ dimension: 'sales.closed_at', dateRange: ['2017-12-01', '2017-12-31'] }],
    });
    expect(december).toEqual({ 'sales.won_amount': 1_131_573 });
    const products = await maven.ask({ measures: ['sales.deals'], dimensions: ['sales.product'] });
    expect(products.map((r) => r['sales.product'])).toContain('GTX Pro');
    expect(products.map((r) => r['sales.product'])).not.toContain('GTXPro');
  });

  test('deals without a customer count, and so do those without a day', async () => {
    const [none] = await maven.database.query<{ customers: number; days: number }>(
      `select count(*) filter (where customer_key is null)::int as customers,
         count(*) filter (where created_at is null)::int as days from core.fct_deals`,
    );
    expect(none).toEqual({ customers: 1425, days: 500 });
  });

  test('every measure is what SQL counts, in total and by each dimension', { timeout: 120_000 }, () =>
    maven.expectTruths(['sales', 'funnel', 'customers']),
  );
});
