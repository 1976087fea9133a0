import pg from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { company, sign, startCube, type Cube } from './server.ts';

const views = [
  'activity',
  'attribution',
  'calls',
  'cohorts',
  'competence',
  'customer_history',
  'customers',
  'data_quality',
  'funnel',
  'mailings',
  'marketing',
  'nps',
  'plan_fact',
  'receivables',
  'sales',
  'service',
];

describe.skipIf(!process.env.PULSE_TEST_PG)('the cube process', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany();
    ({ database, cube } = opened);
    return opened.close;
  });

  const query = { measures: ['sales.deals'] };

  it('says that it is alive and ready', async () => {
    for (const path of ['/livez', '/readyz']) expect((await fetch(cube.base + path)).status).toBe(200);
  });

  it('answers the same question about others about them', async () => {
    const about = (owner: string) => ({
      ...query,
      filters: [{ member: 'sales.owner', operator: 'equals', values: [owner] }],
    });
    const found = await database.query<{ name: string; deals: string }>(`
      select e.name, count(*) as deals from core.fct_deals d join core.dim_employees e on e.employee_key = d.owner_key
      where not d.is_test and not d.is_deleted group by 1 order by 1`);
    expect(found.map(({ name }) => name)).toEqual(['Ann', 'Bob', 'Eve']);
    for (const { name, deals } of found)
      expect(await cube.rows(about(name))).toEqual([{ 'sales.deals': deals }]);
  });

  it('refuses a question without a token, with another signature, or with a payload that says nothing', async () => {
    const wrong: [string | null, RegExp][] = [
      [null, /without a security context/],
      ['nonsense', /not signed/],
      [sign({ sub: 'x', ...company }, 'another secret'), /not signed/],
      [sign({ sub: 'x', ...company, exp: 1 }), /expired/],
      [sign({ sub: 'x' }), /company, team or own/],
      [sign({ sub: 'x', access: 'company', team_keys: '1', employee_keys: [] }), /whole numbers/],
      [sign({ sub: 'x', access: 'own', team_keys: [], employee_keys: ['1) or (true'] }), /whole numbers/],
    ];
    for (const [token, sentence] of wrong) {
      const answer = await cube.post({ query }, token);
      expect(answer).toMatchObject({ status: 403, error: expect.stringMatching(sentence) });
    }
    expect((await fetch(`${cube.base}/cubejs-api/v1/meta`)).status).toBe(403);
  });

  it('passes on what is wrong with a question', async () => {
    const answer = await cube.ask({ measures: ['sales.nonsense'] });
    expect(answer).toMatchObject({ status: 400, error: "'nonsense' not found for path 'sales.nonsense'" });
  });

  it('keeps the private parts of the model private', async () => {
    for (const measures of [['deal_facts.deals'], ['service_facts.deals_won']])
      expect((await cube.ask({ measures })).error).toMatch(/hidden member/);
    expect((await cube.ask({ dimensions: ['sales.team_key'] })).error).toMatch(/hidden member/);
  });

  it('refuses plan figures that do not add up', async () => {
    const answer = await cube.ask({ measures: ['plan_fact.plan'] });
    expect(answer).toMatchObject({ status: 400, error: expect.stringMatching(/one metric/) });
  });

  it('shows a load to the next question, and to one asked while an equal one is running', async () => {
    const count = async () => Number((await cube.rows(query))[0]?.['sales.deals']);
    const before = await count();
    for (let load = 1; load <= 5; load++) {
      const running = count();
      await database.query(
        `with v as (update ops.data_version set version = version + 1)
         insert into core.fct_deals (source, source_id, created_at, status) values ('crm', 'load${load}', now(), 'open')`,
      );
      expect(await count()).toBe(before + load);
      await running;
    }
  });

  it('stops when nobody waits any more, and not before', async () => {
    const working = async () =>
      (
        await database.query(`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      ).length;
    const ask = (id: string, owner: string, signal?: AbortSignal) =>
      fetch(`${cube.base}/cubejs-api/v1/load`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: sign({ sub: 'test', ...company }),
          'x-request-id': `${id}-span-1`,
        },
        body: JSON.stringify({
          query: { ...query, filters: [{ member: 'sales.owner', operator: 'equals', values: [owner] }] },
        }),
        ...(signal && { signal }),
      });
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    try {
      await blocker.query('begin; lock table core.dim_employees');
      const [alone, shared] = [new AbortController(), new AbortController()];
      const left = Promise.allSettled([ask('one', 'Ann', alone.signal), ask('two', 'Bob', shared.signal)]);
      await expect.poll(working).toBe(2);
      const stays = ask('three', 'Bob');
      alone.abort();
      await expect.poll(working).toBe(1);
      // the other question is in the queue by the time it has read the data version
      await expect.poll(async () => (await cube.ask({ measures: ['nps.responses'] })).status).toBe(200);
      shared.abort();
      expect((await left).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await blocker.query('rollback');
      expect((await stays).status).toBe(200);
    } finally {
      await blocker.end();
    }
  });

  it('answers in each of the forms that clients ask for', async () => {
    const asked = {
      measures: ['sales.deals', 'sales.won_amount'],
      timeDimensions: [
        { dimension: 'sales.created_at', granularity: 'month', dateRange: ['2025-01-01', '2025-02-28'] },
      ],
      timezone: 'UTC',
    };
    const rows = await cube.rows(asked);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      'sales.created_at.month': '2025-01-01T00:00:00.000',
      'sales.created_at': '2025-01-01T00:00:00.000',
      'sales.deals': expect.stringMatching(/^\d+$/),
      'sales.won_amount': expect.stringMatching(/^\d+\.\d+$/),
    });
    const compact = await cube.ask({ ...asked, responseFormat: 'compact' });
    expect(compact.data).toEqual({
      members: Object.keys(rows[0]!),
      dataset: rows.map((row) => Object.values(row)),
    });
    const ranges = [
      ['2025-01-01', '2025-01-31'],
      ['2025-02-01', '2025-02-28'],
    ];
    const compared = await cube.post(
      {
        query: {
          measures: ['sales.deals'],
          timeDimensions: [{ dimension: 'sales.created_at', compareDateRange: ranges }],
          timezone: 'UTC',
        },
        queryType: 'multi',
      },
      sign({ sub: 'test', ...company }),
    );
    expect(compared.results?.map(({ data }) => data[0])).toEqual([
      { 'sales.deals': rows[0]!['sales.deals'], compareDateRange: expect.stringMatching(/^2025-01-01/) },
      { 'sales.deals': rows[1]!['sales.deals'], compareDateRange: expect.stringMatching(/^2025-02-01/) },
    ]);
  });

  it('writes no secret to its log', () => {
    expect(cube.log()).not.toContain(database.url);
    expect(cube.log()).not.toContain('a secret of the tests');
    for (const line of cube.log().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  it('says in a sentence that the warehouse is away', async () => {
    const lonely = await startCube('postgres://pulse:password@127.0.0.1:1/pulse');
    expect(await lonely.ask(query)).toMatchObject({ status: 503, error: expect.stringMatching(/warehouse/) });
    expect(lonely.log()).not.toContain('password');
    expect(await lonely.stop()).toBe(0);
  }, 120_000);

  it('has each of the views', async () => {
    const response = await fetch(`${cube.base}/cubejs-api/v1/meta`, {
      headers: { authorization: sign({ sub: 'x', ...company }) },
    });
    const { cubes } = (await response.json()) as { cubes: { name: string }[] };
    expect(cubes.map(({ name }) => name).sort()).toEqual(views);
  });

  it('ends with its parent, and on SIGTERM', async () => {
    const second = await startCube(database.url);
    await second.ask(query);
    const asked = Date.now();
    second.child.kill('SIGTERM');
    expect(await second.exited).toBe(0);
    expect(await cube.stop()).toBe(0);
    expect(Date.now() - asked).toBeLessThan(4000);
    await expect(fetch(`${cube.base}/livez`)).rejects.toThrow();
  }, 120_000);
});
