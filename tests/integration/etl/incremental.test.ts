import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openChanges, transform } from '../../../etl/transform.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { derive, settings } from '../cube/derive.ts';
import { arrive, companies, ground, settle } from '../cube/invent.ts';

/** Every derived table, whole; what moves with each moment is left out. */
const derived = {
  customer_facts: 'select * from core.customer_facts order by customer_key',
  kept_profiles: 'select * from core.kept_profiles order by customer_key',
  customer_months: 'select * from core.customer_months order by customer_key, month',
  cohort_months: 'select * from core.cohort_months order by cohort, owner_key, months_since',
  fct_cohorts: 'select * from core.fct_cohorts order by cohort, owner_key, months_since',
  fct_attribution: 'select * from core.fct_attribution order by source, deal_id, model, campaign_key',
  open_receivables: 'select * from core.open_receivables order by kind, source, source_id',
  fct_funnel: `select source, deal_id, stage_key, deal_key, entered_at, left_at, is_passed, is_current, is_lost_here,
    case when not is_current then days end as days from core.fct_funnel order by source, deal_id, stage_key`,
  month_facts: 'select * from core.month_facts order by metric, month, scope_kind, scope',
  fct_plan_fact: 'select * from core.fct_plan_fact order by month, metric, scope_kind, scope',
  fct_deals: 'select source_id, status, campaign_key from core.fct_deals order by source_id',
  stage_norms: 'select * from core.stage_norms order by stage_key',
  fct_calls: 'select source_id, is_returned from core.fct_calls order by source_id',
  dim_stages: 'select source_id, kind from core.dim_stages order by source_id',
};

/** A sum of changes may carry more zeros behind the point than a sum of the whole. */
const trim = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : value,
    ]),
  );

const plans = `
  insert into core.fct_plans (source, source_id, month, metric, scope_kind, scope, target)
  select 'x', concat_ws('|', m, metric, kind, scope), m, metric, kind, scope, 100
  from generate_series('2024-12-01'::date, '2026-12-01', '1 month') m,
    unnest(array['sales.won_amount', 'deals', 'gross_profit', 'calls', 'talk_minutes', 'spend', 'leads', 'complaints']) metric,
    (values ('company', ''), ('team', 'North'), ('team', 's'), ('employee', 'Ann'), ('product', 'p1'), ('channel', 'search'),
      ('channel', 'Unknown')) s(kind, scope)`;

const nothing = {
  customers: [],
  deals: [],
  touches: [],
  spend: [],
  calls: [],
  complaints: [],
  activities: [],
  events: [],
  responses: [],
  invoices: [],
  payments: [],
};

describe.skipIf(!process.env.PULSE_TEST_PG)('what is derived from changes', () => {
  let database: Database;
  let client: pg.Client;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(settings);
    await database.query(ground);
    await database.query(plans);
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await database?.drop();
  });

  async function change(work: () => Promise<unknown>): Promise<void> {
    await client.query('begin');
    await openChanges(client);
    await work();
    await transform(client);
    await client.query('commit');
  }
  async function print(): Promise<Record<string, unknown>> {
    const tables: Record<string, unknown> = {};
    for (const [name, sql] of Object.entries(derived)) tables[name] = (await database.query(sql)).map(trim);
    return tables;
  }
  const forget = () => database.query(`delete from core.settings where key = 'derived.for'`);

  it('equals what is derived from the whole, after any changes', { timeout: 240_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        companies,
        fc.array(companies, { minLength: 1, maxLength: 3 }),
        async (first, later) => {
          await settle(database, first);
          await forget();
          await derive(database.url);
          for (const company of later)
            await change(() => arrive((sql, values) => client.query(sql, values), company));
          const stepwise = await print();
          await forget();
          await derive(database.url);
          expect(stepwise).toEqual(await print());
        },
      ),
      { numRuns: 25, endOnFailure: true },
    ),
  );

  it(
    'equals the whole after changes of teams, owners, channels, stages and plans',
    { timeout: 240_000 },
    async () => {
      const [company] = fc.sample(companies, { numRuns: 1, seed: 7 });
      await settle(database, company!);
      await forget();
      await derive(database.url);
      const changes = [
        `update core.dim_employees set team_key = 2 where source_id = 'e1'`,
        `update core.dim_campaigns set channel = 'social' where source_id = 'a1'`,
        `update core.dim_customers set owner_key = (select employee_key from core.dim_employees where source_id = 'e3')`,
        `update core.dim_stages set position = 5 where source_id = 's1'`,
        `update core.dim_stages set is_inferred = true, kind = 'open' where source_id = 's3';
       update core.fct_deals set title = 'Pump' where stage_id = 's3'`,
        `update core.fct_deals set status_given = null where stage_id = 's4'`,
        `update core.dim_stages set kind = 'won' where source_id = 's4'`,
        `update core.dim_campaigns set utm_campaign = ' Spring ' where source_id = 'a1'`,
        `update core.fct_deals set campaign_id = null, campaign_key = null, utm_campaign = 'spring' where source_id < 'd15'`,
        `update core.dim_campaigns set is_deleted = true where source_id = 'a1'`,
        `update core.fct_plans set target = 50 where scope_kind = 'team'`,
        `update core.dim_customers set is_deleted = not is_deleted`,
        `insert into core.fct_deal_stage_events (source, source_id, deal_id, stage_id, stage_key, entered_at)
       select 'x', d.source_id || s.source_id, d.source_id, s.source_id, s.stage_key, '2025-06-01'
       from core.fct_deals d, core.dim_stages s where s.kind = 'open'`,
      ];
      for (const sql of changes) {
        await change(() => client.query(sql));
        const stepwise = await print();
        await forget();
        await derive(database.url);
        expect(stepwise, sql).toEqual(await print());
      }
    },
  );

  it('classes customers as sorting all of them does', { timeout: 240_000 }, async () => {
    await settle(database, nothing);
    const dice = (seed: string, sides: number) =>
      `abs(hashint8extended(n::bigint * 1000 + ${seed}, 7) % ${sides})`;
    await database.query(`
      insert into core.dim_customers (source, source_id, name) select 'x', 'n' || n, 'N' from generate_series(1, 300) n;
      insert into core.fct_deals (source, source_id, status, created_at, closed_at, amount, customer_key)
      select 'x', 'n' || n, 'won', '2024-01-01', now() - make_interval(days => ${dice('1', 700)}::int),
        ${dice('2', 40)} * ${dice('3', 40)} - 30, c.customer_key
      from generate_series(1, 900) n join core.dim_customers c on c.source_id = 'n' || (n % 300 + 1)`);
    await forget();
    await derive(database.url);
    for (let round = 10; round < 24; round++) {
      // From one deal to a tenth of them, half of them larger than any before.
      await change(() =>
        client.query(`
          update core.fct_deals d set amount = ${dice(`${round}`, 60 * round)}, closed_at = closed_at + interval '${(round % 3) - 1} days'
          from generate_series(1, 900) n where d.source_id = 'n' || n and ${dice(`${round + 100}`, 900)} < ${1 + (round % 5) ** 3}`),
      );
      const wrong = await database.query(`
        with sorted as (
          select f.*, coalesce(sum(revenue_year) filter (where revenue_year > 0) over (
            order by revenue_year desc, source, source_id rows between unbounded preceding and 1 preceding), 0) as before,
            sum(revenue_year) over () as total, sum(revenue_before) over () as total_before,
            count(*) filter (where revenue_year > 0) over () as buyers
          from core.customer_facts f join core.dim_customers using (customer_key)
        ), known as (
          select *, revenue_year > 0 and before < 0.6 * total as is_gold, revenue_year > 0 and before < 0.9 * total as is_silver,
            revenue_year > 0 and before < 0.8 * total as is_a, revenue_year > 0 and before < 0.95 * total as is_b,
            revenue_year >= total / buyers as is_large, revenue_year * total_before >= revenue_before * total as is_growing
          from sorted
        )
        select customer_key, segment, abc, bcg from known
        where won_deals > 0 and (segment <> case when is_gold then 'gold' when is_silver then 'silver' else 'bronze' end
          or abc <> case when is_a then 'A' when is_b then 'B' else 'C' end
          or (revenue_year > 0 or revenue_before > 0) and bcg <> case when is_large and is_growing then 'star'
            when is_large then 'cash_cow' when is_growing then 'question_mark' else 'dog' end)`);
      expect(wrong, `round ${round}`).toEqual([]);
    }
  });

  it('moves with the clock alone', async () => {
    await settle(database, nothing);
    const soon = `now() + interval '1500 milliseconds'`;
    await database.query(`
      insert into core.dim_customers (source, source_id, name) values ('x', 'year', 'A'), ('x', 'called', 'B'), ('x', 'regular', 'C');
      insert into core.fct_deals (source, source_id, status, created_at, closed_at, amount, customer_key)
      select 'x', 'r' || days, 'won', '2025-01-01', ${soon} - make_interval(days => days), 0,
        (select customer_key from core.dim_customers where source_id = 'regular')
      from unnest(array[30, 35, 40]) days;
      insert into core.fct_deals (source, source_id, status, created_at, closed_at, amount, customer_key, campaign_key)
      select 'x', n, status, '2025-01-01', closed, 10, (select customer_key from core.dim_customers where source_id = 'year'), null
      from (values ('w', 'won', ${soon} - interval '1 year'), ('o', 'open', null::timestamptz)) d(n, status, closed);
      insert into core.fct_touchpoints (source, source_id, at, deal_id, campaign_key)
        values ('x', 't', ${soon}, 'o', (select campaign_key from core.dim_campaigns where source_id = 'a2'));
      insert into core.fct_calls (source, source_id, started_at, direction, disposition, customer_key)
        values ('x', 'k', ${soon} - interval '21 days', 'out', 'answered', (select customer_key from core.dim_customers where source_id = 'called'))`);
    await forget();
    await derive(database.url);
    const look = () =>
      database.query(`
        select c.source_id, f.segment, f.revenue_year::int as year, f.revenue_before::int as before, f.is_churned, f.is_contact_overdue,
          (select count(*)::int from core.fct_attribution) as credits
        from core.customer_facts f join core.dim_customers c using (customer_key) where c.source_id <> 'regular' order by 1`);
    const isAtRisk = () =>
      database.query(`select is_at_risk from core.kept_profiles where customer_id = 'regular'`);
    expect(await isAtRisk()).toEqual([{ is_at_risk: false }]);
    const still = { segment: 'occasional', year: 0, before: 0, is_churned: false };
    expect(await look()).toEqual([
      { source_id: 'called', ...still, is_contact_overdue: false, credits: 0 },
      {
        source_id: 'year',
        segment: 'gold',
        year: 10,
        before: 0,
        is_churned: false,
        is_contact_overdue: true,
        credits: 0,
      },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    await change(() => Promise.resolve());
    expect(await isAtRisk()).toEqual([{ is_at_risk: true }]);
    expect(await look()).toEqual([
      { source_id: 'called', ...still, is_contact_overdue: true, credits: 5 },
      {
        source_id: 'year',
        segment: 'bronze',
        year: 0,
        before: 10,
        is_churned: true,
        is_contact_overdue: true,
        credits: 5,
      },
    ]);
  });

  it('knows stages by what SQL finds in their deals', async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 5 });
    await settle(database, company!);
    await database.query(`
      insert into core.fct_deal_stage_events (source, source_id, deal_id, stage_id, stage_key, entered_at)
      select 'x', d.source_id || s.source_id, d.source_id, s.source_id, s.stage_key,
        d.created_at + s.position * (1 + d.deal_key % 7) * interval '7 hours'
      from core.fct_deals d, core.dim_stages s where s.kind = 'open'`);
    await forget();
    await derive(database.url);
    const told = await database.query(`
      select f.stage_key, round(avg(case d.status when 'won' then 1.0 when 'lost' then 0 end), 12) as win_rate,
        percentile_cont(0.9) within group (order by f.days) filter (where f.is_passed) as days_90
      from core.fct_funnel f join core.fct_deals d using (deal_key) group by 1 order by 1`);
    const found = await database.query<{ days_90: number }>(
      'select stage_key, round(win_rate, 12) as win_rate, days_90 from core.stage_norms order by 1',
    );
    expect(found.length).toBeGreaterThan(1);
    const close = (rows: Record<string, unknown>[]) =>
      rows.map((row) => ({ ...row, days_90: Number(row.days_90).toFixed(9) }));
    expect(close(found)).toEqual(close(told));
    expect(found.some(({ days_90 }) => days_90 > 0)).toBe(true);
  });

  it('follows other settings by deriving everything anew', async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 11 });
    await settle(database, company!);
    await derive(database.url);
    await database.query(
      `update core.settings set value = '"America/New_York"' where key = 'reporting.timezone'`,
    );
    await change(() => Promise.resolve());
    const stepwise = await print();
    await forget();
    await derive(database.url);
    expect(stepwise).toEqual(await print());
  });
});
