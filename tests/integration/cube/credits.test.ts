import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { derive, settings } from './derive.ts';

const company = `
  insert into core.dim_customers (customer_key, source, source_id, name) values (1, 'x', 'c1', 'One'), (2, 'x', 'c2', 'Two');
  insert into core.dim_campaigns (campaign_key, source, source_id, channel, name)
  select k, 'x', 'a' || k, 'search', 'Campaign ' || k from generate_series(1, 5) k;
  insert into core.fct_deals (source, source_id, deal_key, status, created_at, closed_at, customer_id, customer_key, campaign_id, campaign_key)
  values ('x', 'one', 1, 'won', '2025-03-01Z', '2025-03-20Z', null, null, 'a5', 5),
    ('x', 'two', 2, 'won', '2025-03-01Z', '2025-03-20Z', null, null, 'a5', 5),
    ('x', 'four', 4, 'won', '2025-03-01Z', '2025-03-20Z', null, null, 'a5', 5),
    ('x', 'own', 5, 'won', '2025-03-01Z', '2025-03-20Z', null, null, 'a5', 5),
    ('x', 'nobody', 6, 'open', '2025-03-01Z', null, null, null, null, null),
    ('x', 'late', 7, 'won', '2025-03-01Z', '2025-03-20Z', null, null, 'a5', 5),
    ('x', 'lost', 8, 'lost', '2025-03-01Z', '2025-03-02Z', null, null, null, null),
    ('x', 'client', 9, 'won', '2025-03-01Z', '2025-03-20Z', 'c1', 1, null, null),
    ('x', 'client again', 10, 'open', '2025-04-01Z', null, 'c1', 1, null, null),
    ('x', 'thrice', 11, 'won', '2025-03-01Z', '2025-03-20Z', 'c2', 2, null, null);
  insert into core.fct_touchpoints (source, source_id, at, deal_id, deal_key, customer_id, customer_key, campaign_id, campaign_key, is_deleted)
  values ('x', '1', '2025-03-02Z', 'one', 1, null, null, 'a1', 1, false),
    ('x', '2', '2025-03-02Z', 'two', 2, null, null, 'a1', 1, false), ('x', '3', '2025-03-09Z', 'two', 2, null, null, 'a2', 2, false),
    -- 14, 7 and 7 days before the last: weights 1/4, 1/2, 1/2 and 1; the first campaign comes back in the third place.
    ('x', '4', '2025-03-05Z', 'four', 4, null, null, 'a1', 1, false), ('x', '5', '2025-03-12Z', 'four', 4, null, null, 'a2', 2, false),
    ('x', '6', '2025-03-12Z', 'four', 4, null, null, 'a1', 1, false), ('x', '7', '2025-03-19Z', 'four', 4, null, null, null, null, false),
    -- Neither a touch after the win nor a deleted one counts; after a loss it does, until now.
    ('x', '8', '2025-03-20 00:00:01Z', 'late', 7, null, null, 'a1', 1, false), ('x', '9', '2025-03-02Z', 'late', 7, null, null, 'a2', 2, true),
    ('x', '10', '2025-03-09Z', 'lost', 8, null, null, 'a3', 3, false), ('x', '11', now() + interval '1 day', 'lost', 8, null, null, 'a4', 4, false),
    -- A touch of the customer counts for each of its deals, one that names a deal for that deal alone.
    ('x', '12', '2025-03-02Z', null, null, 'c1', 1, 'a1', 1, false), ('x', '13', '2025-03-25Z', null, null, 'c1', 1, 'a2', 2, false),
    ('x', '14', '2025-03-03Z', 'client', 9, 'c1', 1, 'a3', 3, false),
    ('x', '15', '2025-03-01Z', null, null, 'c2', 2, 'a1', 1, false), ('x', '16', '2025-03-02Z', null, null, 'c2', 2, 'a2', 2, false),
    ('x', '17', '2025-03-03Z', null, null, 'c2', 2, 'a3', 3, false)`;

describe.skipIf(!process.env.PULSE_TEST_PG)('credits counted by hand', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(settings);
    await database.query(company);
    await derive(database.url);
  });
  afterAll(() => database?.drop());

  async function read(deal: string, model: string): Promise<Record<string, number>> {
    const rows = await database.query<{ campaign: string; credit: string }>(
      `select coalesce(c.source_id, 'unknown') as campaign, a.credit::text
       from core.deal_credits a left join core.dim_campaigns c using (campaign_key) where a.deal_id = $1 and a.model = $2`,
      [deal, model],
    );
    return Object.fromEntries(rows.map(({ campaign, credit }) => [campaign, Number(credit)]));
  }

  const models = ['last_touch', 'first_touch', 'linear', 'position_based', 'time_decay'];
  for (const [deal, why, ...credits] of [
    ['one', 'one touch takes all', { a1: 1 }, { a1: 1 }, { a1: 1 }, { a1: 1 }, { a1: 1 }],
    [
      'two',
      'two touches, a week apart',
      { a2: 1 },
      { a1: 1 },
      { a1: 0.5, a2: 0.5 },
      { a1: 0.5, a2: 0.5 },
      { a1: 0.333333333333333, a2: 0.666666666666667 },
    ],
    [
      'four',
      'a campaign that comes twice has both its shares',
      { unknown: 1 },
      { a1: 1 },
      { a1: 0.5, a2: 0.25, unknown: 0.25 },
      { a1: 0.5, a2: 0.1, unknown: 0.4 },
      { a1: 0.333333333333333, a2: 0.222222222222222, unknown: 0.444444444444445 },
    ],
    ['own', 'none: its own campaign', ...Array<object>(5).fill({ a5: 1 })],
    ['nobody', 'none, and no campaign', ...Array<object>(5).fill({ unknown: 1 })],
    ['late', 'only after the win', ...Array<object>(5).fill({ a5: 1 })],
    ['lost', 'before now, the deal being lost', ...Array<object>(5).fill({ a3: 1 })],
    [
      'client',
      'its own and its customer’s, before the win',
      { a3: 1 },
      { a1: 1 },
      { a1: 0.5, a3: 0.5 },
      { a1: 0.5, a3: 0.5 },
    ],
    ['client again', 'its customer’s alone', { a2: 1 }, { a1: 1 }, { a1: 0.5, a2: 0.5 }],
    [
      'thrice',
      'the last takes what rounding leaves',
      { a3: 1 },
      { a1: 1 },
      { a1: 0.333333333333333, a2: 0.333333333333333, a3: 0.333333333333334 },
      { a1: 0.4, a2: 0.2, a3: 0.4 },
    ],
  ] as [string, string, ...object[]][])
    it(`${deal}: ${why}`, async () => {
      for (const [i, expected] of credits.entries()) expect(await read(deal, models[i]!)).toEqual(expected);
    });
});
