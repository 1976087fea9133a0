import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { derive, settings } from './derive.ts';
import { spent, zeroed } from './marketing.ts';
import { cut, expectSame, from, part, range, to, within, zones } from './parts.ts';
import { startCube, type Access, type Cube } from './server.ts';

const models = ['last_touch', 'first_touch', 'linear', 'position_based', 'time_decay'] as const;
type Model = (typeof models)[number];

/** The touches of each deal that count, as a list in order of time, and how the model shares among them. */
const shares: Record<Model, string> = {
  last_touch: `case when i = n then 1.0 else 0 end`,
  first_touch: `case when i = 1 then 1.0 else 0 end`,
  linear: `1.0 / n`,
  position_based: `case n when 1 then 1.0 when 2 then 0.5 else case i when 1 then 0.4 when n then 0.4 else 0.2 / (n - 2) end end`,
  time_decay: `exp(ln(0.5) * days / 7) / (select sum(exp(ln(0.5) * extract(epoch from last - x) / 604800)) from unnest(ats) x)`,
};
const touches = `(
  select array_agg(t.campaign_key order by t.at, t.source, t.source_id) as campaigns, array_agg(t.at order by t.at) as ats,
    count(*)::int as n, max(t.at) as last
  from core.fct_touchpoints t
  where not t.is_deleted and t.at <= coalesce(case d.status when 'won' then d.closed_at end, now())
    and (t.deal_key = d.deal_key or (t.deal_id is null and t.customer_key = d.customer_key))
)`;
const credited = (model: Model) => `(
  select d.*, s.campaign_key as to_key, s.credit
  from core.fct_deals d, lateral ${touches} t, lateral (
    select t.campaigns[i] as campaign_key, (${shares[model]})::numeric as credit
    from generate_series(1, n) i, lateral (select extract(epoch from last - ats[i]) / 86400 as days) a
    union all
    select d.campaign_key, 1 where n = 0
  ) s
  where not d.is_test and not d.is_deleted
) d`;
const created = {
  leads: 'sum(credit)',
  cohort_won: `sum(credit) filter (where status = 'won')`,
  cohort_revenue: `sum(amount * credit) filter (where status = 'won')`,
  cohort_gross_profit: `sum((amount - coalesce(cost, 0)) * credit) filter (where status = 'won')`,
};
const closed = {
  won: 'sum(credit)',
  revenue: 'sum(amount * credit)',
  gross_profit: 'sum((amount - coalesce(cost, 0)) * credit)',
};
const campaign = (column: string, key: string) =>
  `(select ${column} from core.dim_campaigns c where c.campaign_key = d.${key})`;

describe.skipIf(!process.env.PULSE_TEST_PG)('credit shared over touches', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    database = await createDatabase();
    for (const file of ['company.sql', 'touches.sql'])
      await database.query(readFileSync(new URL(`./${file}`, import.meta.url), 'utf8'));
    await database.query(settings);
    await derive(database.url);
    cube = await startCube(database.url);
  });
  afterAll(async () => {
    await cube?.stop();
    await database?.drop();
  });

  const only = (...values: string[]) => ({
    filters: [{ member: 'attribution.model', operator: 'equals', values }],
  });

  for (const model of models) {
    const facts = credited(model);
    it(`${model} in total and by each dimension`, async () => {
      const dimensions = { channel: 'channel', source: 'traffic_source', medium: 'medium', campaign: 'name' };
      for (const [name, column] of [
        ['', ''],
        ...Object.entries({ ...dimensions, campaign_id: 'source_id' }),
      ]) {
        const key = (of: string) =>
          !name
            ? `'all'`
            : name === 'channel'
              ? `coalesce(${campaign(column!, of)}, 'unknown')`
              : campaign(column!, of);
        await expectSame(
          { cube, database },
          'attribution',
          [
            part(key('campaign_key'), spent, 'core.fct_marketing_spend d where not is_deleted'),
            part(key('to_key'), created, facts),
            part(key('to_key'), closed, `${facts} where status = 'won'`),
          ],
          zeroed,
          { ...only(model), ...(name ? { dimensions: [`attribution.${name}`] } : {}) },
        );
      }
    });

    it(`${model} by each grain in every zone`, async () => {
      for (const zone of zones)
        for (const grain of ['day', 'week', 'month', 'quarter', 'year'])
          await expectSame(
            { cube, database },
            'attribution',
            [
              part(
                cut(grain, 'day::timestamp'),
                spent,
                `core.fct_marketing_spend where not is_deleted and day between '${from}' and '${to}'`,
              ),
              part(
                cut(grain, `created_at at time zone '${zone}'`),
                created,
                `${facts} where ${within('created_at', zone)}`,
              ),
              part(
                cut(grain, `closed_at at time zone '${zone}'`),
                closed,
                `${facts} where status = 'won' and ${within('closed_at', zone)}`,
              ),
            ],
            zeroed,
            { ...only(model), ...range('attribution.date', grain), timezone: zone },
          );
    });
  }

  it('shows a team its leads and nobody’s spend', async () => {
    const teamNorth: Access = { access: 'team', team_keys: [1], employee_keys: [11] };
    const [row] = await cube.rows(
      { measures: ['attribution.spend', 'attribution.leads', 'attribution.revenue'], ...only('linear') },
      teamNorth,
    );
    const [told] = await database.query<{ leads: string; revenue: string }>(
      `select count(*) as leads, sum(amount) filter (where status = 'won') as revenue from core.fct_deals
       where not is_test and not is_deleted and owner_key in (11, 12)`,
    );
    expect(row!['attribution.spend']).toBeNull();
    expect(Number(row!['attribution.leads'])).toBe(Number(told!.leads));
    expect(Number(row!['attribution.revenue'])).toBe(Number(told!.revenue));
  });

  it('is refused without exactly one model', async () => {
    const member = 'attribution.model';
    const refused = [
      {},
      only('linear', 'time_decay'),
      only('best_touch'),
      { dimensions: [member] },
      { filters: [{ member, operator: 'notEquals', values: ['linear'] }] },
      { filters: [{ or: only('linear').filters.concat(only('time_decay').filters) }] },
    ];
    for (const question of refused) {
      const answer = await cube.ask({ measures: ['attribution.leads'], ...question });
      expect(answer.status).toBe(400);
      expect(answer.error).toContain(
        'attribution needs one model: filter attribution.model by exactly one of last_touch',
      );
    }
    const compared = await cube.rows({
      measures: ['attribution.spend'],
      dimensions: [member],
      filters: [{ and: only('linear').filters }],
    });
    const [told] = await database.query<{ spend: string }>(
      'select sum(cost) as spend from core.fct_marketing_spend where not is_deleted',
    );
    expect(compared).toEqual([{ [member]: 'linear', 'attribution.spend': told!.spend }]);
    expect(await cube.rows({ dimensions: [member] })).toHaveLength(models.length);
  });

  it('sums to exactly 1 for each deal and model', async () => {
    const [sums] = await database.query<{ deals: number; wrong: number; counted: number }>(
      `select count(distinct deal_key)::int as deals, count(*) filter (where total <> 1 or least <= 0)::int as wrong,
         (select count(*)::int from core.fct_deals where not is_test and not is_deleted) as counted
       from (select deal_key, model, sum(credit) as total, min(credit) as least from core.deal_credits group by 1, 2) s`,
    );
    expect(sums!.wrong).toBe(0);
    expect(sums!.deals).toBe(sums!.counted);
  });

  it('writes only what differs', async () => {
    const print = (where = 'true') =>
      database.query(
        `select deal_key, model, campaign_key, credit, xmin::text from core.fct_attribution where ${where} order by 1, 2, 3`,
      );
    const before = await print();
    await derive(database.url);
    expect(await print()).toEqual(before);
    const rest = await print('deal_key <> 6');
    await database.query(`update core.fct_touchpoints set is_deleted = not is_deleted where deal_key = 6`);
    await derive(database.url);
    expect(await print('deal_key <> 6')).toEqual(rest);
    expect(await print('deal_key = 6')).not.toEqual(before);
  });
});
