import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { setScene, simulate } from '../../demo/company/simulate.ts';
import { seedDemo, type Seeded, type SeedOptions } from '../../demo/seed.ts';
import { tell } from '../../demo/stories.ts';
import { countOddities } from '../../demo/stories/oddities.ts';
import { startHelpdesk } from '../../demo/systems.ts';
import { readConfig } from '../../etl/config.ts';
import { runSources, type RunSummary } from '../../etl/run.ts';
import { askCatalogue } from '../../src/lib/server/ask.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { company as everything, sign, startCube } from './cube/server.ts';
import { truths } from './cube/truth.ts';
import { expectTruths } from './cube/truth/compare.ts';

const adminUrl = process.env.PULSE_TEST_PG ?? '';
if (adminUrl === '') console.warn('Skipped: PULSE_TEST_PG is not set, so there is no server to seed.');

describe.skipIf(adminUrl === '')('the demo company in its systems', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse demo '));
  const scale = 0.05;
  const options: SeedOptions = { adminUrl, folder, scale, prefix: 'demo_test', until: '2026-10-20' };
  let company = simulate(setScene({ until: '2026-10-20', scale }));
  let first: Seeded;

  const ask = async <Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const print = (url: string, table: string): Promise<{ hash: string }[]> =>
    ask(
      url,
      `select count(*) || ' ' || md5(string_agg(t::text, '|' order by t::text)) as hash from ${table} t`,
    );

  beforeAll(async () => {
    first = await seedDemo(options);
  });
  afterAll(async () => {
    for (const name of ['demo_test_crm', 'demo_test_pbx'])
      await ask(adminUrl, `drop database if exists ${name} with (force)`);
    rmSync(folder, { recursive: true });
  });

  test('is written once', async () => {
    expect(first.seeded).toBe(true);
    expect((await seedDemo(options)).seeded).toBe(false);
  });

  test('holds what was imagined', async () => {
    const [crm] = await ask(
      first.crmUrl,
      `select (select count(*)::int from leads) as leads, (select count(*)::int from lead_status_log) as log,
         (select count(*)::int from companies) as companies, (select sum(amount)::float from payments) as paid,
         (select count(*)::int from companies where name = '<img src=x onerror=alert(1)>') as hostile`,
    );
    expect(crm).toEqual({
      leads: company.deals.length,
      log: company.moves.length,
      companies: company.customers.length,
      paid: expect.closeTo(
        company.payments.reduce((sum, p) => sum + p.amount, 0),
        0,
      ) as number,
      hostile: 1,
    });
    const [pbx] = await ask(
      first.pbxUrl,
      `select count(*)::int as calls, min(calldate)::text as first from cdr`,
    );
    expect(pbx?.calls).toBe(company.calls.length);
    expect(pbx?.first).toMatch(/^2024-10-0[12] (0|1)\d:/);
  });

  test('comes out the same when it is written again', async () => {
    const before = [await print(first.crmUrl, 'leads'), await print(first.pbxUrl, 'cdr')];
    const files = readFileSync(join(folder, 'helpdesk', 'tickets.jsonl'), 'utf8');
    writeFileSync(join(folder, 'demo.json'), 'half-written');
    expect((await seedDemo(options)).seeded).toBe(true);
    expect([await print(first.crmUrl, 'leads'), await print(first.pbxUrl, 'cdr')]).toEqual(before);
    expect(readFileSync(join(folder, 'helpdesk', 'tickets.jsonl'), 'utf8')).toBe(files);
  });

  test('refuses a day that does not exist', async () => {
    await expect(seedDemo({ ...options, until: '2026-02-30' })).rejects.toThrow('2026-02-30');
  });

  describe('read by Pulse', () => {
    let warehouse: Database;
    let helpdesk: Awaited<ReturnType<typeof startHelpdesk>>;
    const load = (): Promise<RunSummary[]> =>
      runSources({
        warehouseUrl: warehouse.url,
        config: readConfig(first.configPath, {
          DEMO_CRM_URL: first.crmUrl,
          DEMO_PBX_URL: first.pbxUrl,
          DEMO_HELPDESK_URL: helpdesk.url,
          DEMO_HELPDESK_TOKEN: 'secret',
        }),
      });
    const count = (
      runs: RunSummary[],
      source: string,
      entity: string,
      what: keyof RunSummary['streams'][number],
    ): number =>
      runs
        .filter((run) => run.source === source)
        .flatMap((run) => run.streams)
        .filter((stream) => stream.entity === entity)
        .reduce((sum, stream) => sum + Number(stream[what]), 0);

    beforeAll(async () => {
      warehouse = await createDatabase();
      helpdesk = await startHelpdesk({ folder, token: 'secret' });
    });
    afterAll(async () => {
      await helpdesk.close();
      await warehouse.drop();
    });

    test(
      'every row is accounted for, and only what is wrong on purpose is refused',
      { timeout: 120_000 },
      async () => {
        const oddities = countOddities(company);
        const runs = await load();
        expect(
          runs.filter((run) => run.status !== 'succeeded').map((run) => `${run.source}: ${run.error}`),
        ).toEqual([]);
        expect(count(runs, 'crm', 'deals', 'inserted')).toBe(company.deals.length);
        expect(count(runs, 'pbx', 'calls', 'inserted')).toBe(company.calls.length);
        expect(count(runs, 'ads', 'marketing_spend', 'inserted')).toBe(company.spend.length);
        expect(count(runs, 'ads', 'marketing_spend', 'duplicate')).toBe(oddities.repeatedSpendRows);
        expect(count(runs, 'helpdesk', 'complaints', 'inserted')).toBe(company.tickets.length);
        expect(count(runs, 'helpdesk', 'survey_responses', 'quarantined')).toBe(oddities.impossibleScores);
        const quarantined = runs
          .flatMap((run) => run.streams)
          .reduce((sum, stream) => sum + stream.quarantined, 0);
        expect(quarantined).toBe(oddities.impossibleScores);
      },
    );

    test('calls, complaints and spend find their people and campaigns in the CRM', async () => {
      const [lost] = await warehouse.query<Record<string, number>>(
        `select (select count(*)::int from core.fct_calls where employee_key is null) as calls,
           (select count(*)::int from core.fct_calls where customer_id is not null and customer_key is null) as callers,
           (select count(*)::int from core.fct_complaints where product_id is not null and product_key is null) as complaints,
           (select count(*)::int from core.fct_marketing_spend where campaign_key is null) as spend,
           (select count(*)::int from core.fct_deals where owner_id is not null and owner_key is null) as deals`,
      );
      expect(lost).toEqual({ calls: 0, callers: 0, complaints: 0, spend: 0, deals: 0 });
    });

    test('people and customers are one in all systems, but those behind a switchboard', async () => {
      const switchboards = company.switchboards.length;
      const [who] = await warehouse.query<Record<string, number>>(
        `select (select count(*)::int from core.employees) as employees, (select count(*)::int from core.customers) as customers,
           (select count(*)::int from core.dim_customers where source = 'helpdesk' and same_as is null) as requesters,
           (select count(*)::int from ops.shared_identifiers where is_open) as open`,
      );
      expect(switchboards).toBe(3);
      expect(who).toEqual({
        employees: company.users.length,
        customers: company.customers.length + switchboards,
        requesters: switchboards,
        open: switchboards,
      });
      // Where the exchange had a number only, it is the customer's all the same.
      const called = await warehouse.query<{ id: string; customer: string }>(
        `select f.source_id as id, c.source_id as customer
         from core.fct_calls f join core.dim_customers c using (customer_key) where f.customer_id is null`,
      );
      const meant = new Map(company.calls.map((call) => [call.uniqueid, call.company]));
      const known = called.filter(({ id }) => meant.get(id) != null);
      expect(known.length).toBeGreaterThan(100);
      expect(known.filter(({ id, customer }) => String(meant.get(id)) !== customer)).toEqual([]);
    });

    test('the warehouse counts what the stories count', async () => {
      const { company: told, burning, failing } = tell(company);
      const [sales] = await warehouse.query(
        `select count(*)::int as won, sum(amount)::float as amount, sum(amount - coalesce(cost, 0))::float / sum(amount)::float as margin
         from core.fct_deals where status = 'won' and not is_test and not is_deleted`,
      );
      expect(sales).toEqual({
        won: told.won,
        amount: expect.closeTo(told.wonAmount, 0) as number,
        margin: expect.closeTo(told.margin, 6) as number,
      });
      const [campaign] = await warehouse.query(
        `select (select sum(cost)::float from core.fct_marketing_spend where campaign_key = c.campaign_key) as spend,
           (select count(*)::int from core.fct_deals d
            where d.campaign_key = c.campaign_key and not d.is_test and not d.is_deleted) as leads
         from core.dim_campaigns c where c.source_id = $1`,
        [String(burning.id)],
      );
      expect(campaign).toEqual({ spend: expect.closeTo(burning.spend, 0) as number, leads: burning.leads });
      const [plan] = await warehouse.query(
        `select plan::float, fact::float from core.fct_plan_fact
         where month = $1 and scope_kind = 'team' and metric = 'won_amount' and scope = $2`,
        [`${failing.month}-01`, failing.name],
      );
      expect(plan).toEqual({ plan: failing.plan, fact: expect.closeTo(failing.fact, 0) as number });
    });

    test(
      'every measure is what SQL counts, in total and by each dimension',
      { timeout: 120_000 },
      async () => {
        const cube = await startCube(warehouse.url);
        const address = { cubeUrl: `${cube.base}/cubejs-api`, token: sign({ sub: 'x', ...everything }) };
        try {
          await expectTruths({ database: warehouse, rows: cube.rows }, await askCatalogue(address), truths);
        } finally {
          await cube.stop();
        }
      },
    );

    test('a new day adds to what was loaded', { timeout: 120_000 }, async () => {
      company = simulate(setScene({ until: '2026-10-21', scale }));
      expect((await seedDemo({ ...options, until: '2026-10-21' })).seeded).toBe(true);
      const runs = await load();
      expect(runs.map((run) => run.status)).not.toContain('failed');
      const [now] = await warehouse.query<Record<string, number>>(
        `select (select count(*)::int from core.fct_deals) as deals, (select count(*)::int from core.fct_calls) as calls,
           (select count(*)::int from core.fct_deals d join core.dim_stages s using (stage_key) where s.kind = 'won') as won,
           (select count(*)::int from core.fct_activities where done_at is not null) as done`,
      );
      const won = new Set(company.statuses.filter((s) => s.type === 'won').map((s) => s.id));
      expect(now).toEqual({
        deals: company.deals.length,
        calls: company.calls.length,
        won: company.deals.filter((d) => won.has(d.status_id)).length,
        done: company.activities.filter((a) => a.completed_at !== null).length,
      });
    });
  });
});
