import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noRealData } from '../harness/real.ts';
import { loadReal, type Loaded } from './load.ts';

describe.skipIf(noRealData)('four published data sets', () => {
  let retail: Loaded;
  beforeAll(async () => {
    retail = await loadReal('retail');
  });
  afterAll(() => retail?.close());

  test('every row is accounted for', async () => {
    for (const run of retail.runs) {
      expect(run.status).toBe('succeeded');
      for (const s of run.streams)
        expect(s.read).toBe(s.inserted + s.updated + s.unchanged + s.duplicate + s.quarantined);
    }
    expect(retail.runs.flatMap((run) => run.streams.map((s) => [s.stream, s.read]))).toEqual(
      expect.arrayContaining([
        ['marketing_spend', 2542],
        ['deals', 50_415],
        ['survey_responses', 13_954],
        ['complaints_2023', 2067],
        ['complaints_2017', 145],
      ]),
    );
  });

  test('yandex_afisha: cost, revenue, buyers', async () => {
    const [money] = await retail.ask({ measures: ['marketing.spend', 'marketing.revenue'] });
    expect(money).toEqual({ 'marketing.spend': 329_131.62, 'marketing.revenue': 252_057.2 });
    const [customers] = await retail.ask({ measures: ['customers.paying', 'customers.ltv_revenue'] });
    expect(customers?.['customers.paying']).toBe(36_523);
    expect(Number(customers?.['customers.ltv_revenue'])).toBeCloseTo(252_057.2 / 36_523, 8);
    const [sales] = await retail.ask({ measures: ['sales.won_amount', 'sales.deals_won'] });
    expect(sales).toEqual({ 'sales.won_amount': 252_057.2, 'sales.deals_won': 50_415 });
  });

  test('nps_french_retail: promoters, detractors, NPS; empty scores are in quarantine', async () => {
    const [row] = await retail.ask({
      measures: ['responses', 'promoters', 'detractors', 'nps'].map((m) => `nps.${m}`),
    });
    expect(row).toMatchObject({ 'nps.responses': 13_612, 'nps.promoters': 8465, 'nps.detractors': 1194 });
    expect(Number(row?.['nps.nps'])).toBeCloseTo(53.416, 3);
    const quarantine = await retail.database.query(
      `select field, count(*)::int as n from ops.quarantine group by 1`,
    );
    expect(quarantine).toEqual([{ field: 'score', n: 342 }]);
    const [comment] = await retail.database.query<{ n: number }>(
      `select count(*)::int as n from core.fct_survey_responses where comment like '%très%'`,
    );
    expect(comment?.n).toBeGreaterThan(100);
  });

  test('complaints_cfpb: two files with other column names are one list', async () => {
    const [row] = await retail.ask({ measures: ['service.complaints', 'service.open'] });
    expect(row).toEqual({ 'service.complaints': 2212, 'service.open': 626 });
  });

  test('every measure is what SQL counts, in total and by each dimension', { timeout: 120_000 }, () =>
    retail.expectTruths(['marketing', 'nps', 'service']),
  );
});
