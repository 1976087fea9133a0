import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { closed, created, spent, zeroed } from './marketing.ts';
import { cut, deals, expectSame, from, part, range, to, within, zones } from './parts.ts';
import { startCube, type Access, type Cube } from './server.ts';

const teamNorth: Access = { access: 'team', team_keys: [1], employee_keys: [11] };
const grains = ['day', 'week', 'month', 'quarter', 'year'];

/** Figures whose parts have days of their own: each part is cut by its own day, then they are put together. */
describe.skipIf(!process.env.PULSE_TEST_PG)('measures over several kinds of fact', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(readFileSync(new URL('./company.sql', import.meta.url), 'utf8'));
    cube = await startCube(database.url);
  });
  afterAll(async () => {
    await cube?.stop();
    await database?.drop();
  });

  const channelOf = (key: string) =>
    `coalesce((select channel from core.dim_campaigns c where c.campaign_key = ${key}), 'unknown')`;

  it('marketing in total and by channel', async () => {
    for (const [key, question] of [
      [`'all'`, {}],
      [channelOf('d.campaign_key'), { dimensions: ['marketing.channel'] }],
      [
        '(select name from core.dim_campaigns c where c.campaign_key = d.campaign_key)',
        { dimensions: ['marketing.campaign'] },
      ],
    ] as const)
      await expectSame(
        { cube, database },
        'marketing',
        [
          part(key, spent, 'core.fct_marketing_spend d where not is_deleted'),
          part(key, created, deals),
          part(key, closed, `${deals} and status = 'won'`),
        ],
        zeroed,
        question,
      );
  });

  for (const zone of zones)
    it(`marketing by each grain in ${zone}, days of spend staying where they are`, async () => {
      for (const grain of grains)
        await expectSame(
          { cube, database },
          'marketing',
          [
            part(
              cut(grain, 'day::timestamp'),
              spent,
              `core.fct_marketing_spend where not is_deleted and day between '${from}' and '${to}'`,
            ),
            part(
              cut(grain, `created_at at time zone '${zone}'`),
              created,
              `${deals} and ${within('created_at', zone)}`,
            ),
            part(
              cut(grain, `closed_at at time zone '${zone}'`),
              closed,
              `${deals} and status = 'won' and ${within('closed_at', zone)}`,
            ),
          ],
          zeroed,
          { ...range('marketing.date', grain), timezone: zone },
        );
    });

  it('marketing shows a team its leads and nobody’s spend', async () => {
    const rows = await cube.rows({ measures: ['marketing.spend', 'marketing.leads'] }, teamNorth);
    const [told] = await database.query<{ leads: string }>(
      `select count(*) as leads from ${deals} and owner_key in (11, 12)`,
    );
    expect(rows).toEqual([{ 'marketing.spend': null, 'marketing.leads': told!.leads }]);
  });

  it('mailings with the deals of their campaigns', async () => {
    const measures = {
      sent: 'sent',
      delivered: 'delivered',
      opened: 'opened',
      clicked: 'clicked',
      unsubscribed: 'unsubscribed',
      open_rate: 'opened / nullif(delivered, 0)',
      click_rate: 'clicked / nullif(delivered, 0)',
      unsubscribe_rate: 'unsubscribed / nullif(delivered, 0)',
      leads: 'coalesce(leads, 0)',
      revenue: 'revenue',
    };
    const letters = Object.fromEntries(
      ['sent', 'delivered', 'opened', 'clicked', 'unsubscribed'].map((name) => [name, `sum(${name})`]),
    );
    for (const zone of zones)
      for (const grain of grains)
        await expectSame(
          { cube, database },
          'mailings',
          [
            part(
              cut(grain, 'day::timestamp'),
              letters,
              `core.fct_mailings where not is_deleted and day between '${from}' and '${to}'`,
            ),
            part(
              cut(grain, `created_at at time zone '${zone}'`),
              { leads: 'count(*)' },
              `${deals} and campaign_key = 3 and ${within('created_at', zone)}`,
            ),
            part(
              cut(grain, `closed_at at time zone '${zone}'`),
              { revenue: 'sum(amount)' },
              `${deals} and campaign_key = 3 and status = 'won' and ${within('closed_at', zone)}`,
            ),
          ],
          measures,
          { ...range('mailings.date', grain), timezone: zone },
        );
  });

  it('complaints per 100 deals won in the same period', async () => {
    for (const [key, question] of [
      [`'all'`, {}],
      [
        '(select name from core.dim_products p where p.product_key = d.product_key)',
        { dimensions: ['service.product'] },
      ],
    ] as const)
      await expectSame(
        { cube, database },
        'service',
        [
          part(
            key,
            { complaints: 'count(*)' },
            `core.fct_complaints d where not is_deleted and ${within('opened_at', 'Europe/Moscow')}`,
          ),
          part(
            key,
            { won: 'count(*)' },
            `${deals} and status = 'won' and ${within('closed_at', 'Europe/Moscow')}`,
          ),
        ],
        { per_100_deals: '100 * coalesce(complaints, 0) / nullif(won, 0)' },
        { ...question, ...range('service.opened_at'), timezone: 'Europe/Moscow' },
      );
  });

  it('what a customer brings to what one costs, of the same period of acquisition', async () => {
    await expectSame(
      { cube, database },
      'customers',
      [
        part(
          `'all'`,
          { profit: 'sum(gross_profit)', paying: 'count(*) filter (where won_deals > 0)' },
          `core.customer_facts join core.dim_customers using (customer_key) where not is_deleted and ${within('first_purchase_at', 'UTC')}`,
        ),
        part(
          `'all'`,
          { spend: 'sum(cost)' },
          `core.fct_marketing_spend where not is_deleted and day between '${from}' and '${to}'`,
        ),
        part(`'all'`, { won: 'count(*)' }, `${deals} and status = 'won' and ${within('closed_at', 'UTC')}`),
      ],
      { ltv_to_cac: '(profit / paying) / (spend / won)' },
      range('customers.first_purchase_at'),
    );
  });
});
