import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { families as kept } from '../../../etl/rollups.ts';
import { transform } from '../../../etl/transform.ts';
import { askSql } from '../../../src/lib/server/ask.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { derive, settings } from './derive.ts';
import { arrive, companies, ground, settle, type Company } from './invent.ts';
import {
  company as everybody,
  sign,
  startCube,
  type Access,
  type Cube,
  type Query,
  type Row,
} from './server.ts';
import { load } from './step.ts';

type Family = {
  view: string;
  time: string[];
  fromFacts: string[];
  apart?: string[];
  dimensions: string[];
  filters?: object[];
  /** groups in which there is nothing are known to the facts alone: these leave them out */
  having?: object[];
};

/**
 * The views that rollups answer: what the dashboard cuts them by, and the measures that only the facts can answer, since
 * they are no sums. All others of the view must come from a rollup, those of tomorrow too; those
 * that stand `apart` only by the first time and two dimensions.
 */
const families: Family[] = [
  {
    view: 'sales',
    time: ['created_at', 'closed_at'],
    fromFacts: ['buyers', 'cycle_days_median', 'first_response_minutes_median'],
    // late answers are known by the day of creation
    apart: ['unprocessed', 'weighted_amount', 'velocity', 'sla_breaches'],
    dimensions: [
      'owner',
      'team',
      'stage',
      'pipeline',
      'status',
      'channel',
      'campaign',
      'product',
      'is_unassigned',
      'segment',
      'region',
      'industry',
    ],
  },
  {
    view: 'funnel',
    time: ['created_at', 'closed_at'],
    fromFacts: ['days_in_stage_median'],
    apart: ['days_in_stage', 'stuck', 'stuck_amount'],
    dimensions: ['stage', 'owner', 'team', 'channel', 'segment', 'region'],
  },
  { view: 'marketing', time: ['date'], fromFacts: [], dimensions: ['channel', 'campaign'] },
  {
    view: 'calls',
    time: ['started_at'],
    fromFacts: [],
    dimensions: ['employee', 'team', 'direction', 'disposition', 'campaign', 'hour', 'weekday'],
  },
  {
    view: 'service',
    time: ['opened_at', 'resolved_at'],
    fromFacts: ['resolution_hours_median', 'first_response_hours_median'],
    apart: ['overdue'],
    dimensions: ['cause', 'status', 'product', 'employee', 'team'],
  },
  // active customers have no past: rollups know them of the present alone
  { view: 'activity', time: ['date'], fromFacts: ['active_customers'], dimensions: ['employee', 'team'] },
  {
    view: 'customers',
    time: ['first_purchase_at'],
    fromFacts: [],
    dimensions: [
      ...['owner', 'segment', 'region', 'industry', 'abc', 'xyz', 'bcg'],
      ...['complaints_made', 'is_churned', 'is_at_risk', 'is_contact_overdue'],
    ],
  },
  ...['last_touch', 'position_based'].map((model) => ({
    view: 'attribution',
    time: ['date'],
    fromFacts: [],
    dimensions: ['channel', 'campaign'],
    filters: [{ member: 'attribution.model', operator: 'equals', values: [model] }],
  })),
  { view: 'mailings', time: ['date'], fromFacts: [], dimensions: ['channel', 'campaign'] },
  { view: 'nps', time: ['answered_at'], fromFacts: [], dimensions: ['score', 'survey', 'employee', 'team'] },
  // what is paid to the cent is in none, and so are days of issue
  {
    view: 'receivables',
    time: ['due_at'],
    fromFacts: ['invoiced', 'paid'],
    dimensions: ['customer', 'segment', 'owner', 'team'],
    having: [
      { member: 'receivables.outstanding', operator: 'set' },
      { member: 'receivables.outstanding', operator: 'notEquals', values: ['0'] },
    ],
  },
  { view: 'competence', time: [], fromFacts: [], dimensions: ['employee', 'competency', 'team'] },
  { view: 'data_quality', time: [], fromFacts: [], dimensions: ['owner', 'team', 'entity', 'source'] },
];
/** What is derived as sums already, and the history of one customer. */
const plain = ['cohorts', 'customer_history', 'plan_fact'];
/** What moves with each moment cannot be asked twice. */
const moving = ['data_quality.lag_minutes'];
const zone = 'Europe/Moscow';
const range = ['2025-02-11', '2026-03-09'];
const head: Access = { access: 'team', team_keys: [1], employee_keys: [] };

/** Each measure by itself, in total and over time; and all that rollups answer at once, by each dimension. */
function questions(
  { view, time, dimensions, filters = [], fromFacts, apart = [], having = [] }: Family,
  all: string[],
): Query[] {
  const measures = all.filter((name) => !moving.includes(`${view}.${name}`));
  const when = (dimension: string | undefined, granularity?: string) =>
    dimension
      ? [{ dimension: `${view}.${dimension}`, dateRange: range, ...(granularity ? { granularity } : {}) }]
      : [];
  const full = (names: string[]) => names.map((name) => `${view}.${name}`);
  const alone = apart.filter((measure) => measures.includes(measure));
  const single = measures.flatMap((measure) => [
    { measures: full([measure]) },
    { measures: full([measure]), timeDimensions: when(time[0], 'month') },
    ...(alone.includes(measure) ? [] : [{ measures: full([measure]), timeDimensions: when(time.at(-1)) }]),
  ]);
  const parts = dimensions.flatMap((dimension) =>
    (time.length ? time : [undefined]).map((name) => ({
      measures: full(measures.filter((measure) => ![...fromFacts, ...apart].includes(measure))),
      dimensions: full([dimension]),
      timeDimensions: when(name, 'week'),
    })),
  );
  const few = dimensions.slice(0, 2).flatMap((dimension) =>
    alone.map((measure) => ({
      measures: full([measure]),
      dimensions: full([dimension]),
      timeDimensions: when(time[0]),
    })),
  );
  return [...single, ...parts, ...few].map((query) => ({
    ...query,
    filters: isGrouped(query) ? [...filters, ...having] : filters,
    timezone: zone,
  }));
}

type Cuts = { dimensions?: string[]; timeDimensions?: { granularity?: string }[] };

function isGrouped({ dimensions = [], timeDimensions = [] }: Cuts): boolean {
  return dimensions.length > 0 || timeDimensions.some(({ granularity }) => granularity);
}

/** The same by each dimension, with the groups in which there is nothing. */
function withEmptyGroups({ view, dimensions, time }: Family): Query[] {
  const measures = [`${view}.outstanding`, `${view}.overdue`];
  const cuts = dimensions.map((name) => ({ dimensions: [`${view}.${name}`] }));
  const months = time.map((name) => ({
    timeDimensions: [{ dimension: `${view}.${name}`, granularity: 'month' }],
  }));
  return [...cuts, ...months].map((cut) => ({ measures, ...cut, timezone: zone }));
}

/** What pages ask beside these. */
const asked: Query[] = [
  ...['owner', 'team', 'channel', 'product', 'segment', 'region', 'industry'].map((name) => ({
    measures: ['sales.deals', 'sales.sla_breaches', 'sales.first_response_minutes'],
    dimensions: [`sales.${name}`],
    timeDimensions: [{ dimension: 'sales.created_at', granularity: 'week', dateRange: range }],
    timezone: zone,
  })),
  ...[['owner'], ['stage'], []].map((names) => ({
    measures: ['funnel.stuck', 'funnel.stuck_amount'],
    dimensions: names.map((name) => `funnel.${name}`),
    filters: [{ member: 'funnel.is_current', operator: 'equals', values: ['true'] }],
    timezone: zone,
  })),
  {
    measures: ['funnel.stuck'],
    timeDimensions: [{ dimension: 'funnel.waiting_since', granularity: 'day' }],
    filters: [
      { member: 'funnel.is_current', operator: 'equals', values: ['true'] },
      { member: 'funnel.stuck', operator: 'gt', values: ['0'] },
    ],
    timezone: zone,
  },
  ...['channel', 'product', 'region', 'segment'].map((name) => ({
    measures: ['sales.deals', 'sales.deals_open', 'sales.open_amount', 'sales.unprocessed'],
    dimensions: ['sales.owner', 'sales.team', `sales.${name}`],
    timezone: zone,
  })),
  ...[['employee'], []].map((names) => ({
    measures: ['contacts', 'emails', 'tasks_done', 'tasks_overdue', 'new_deals'].map(
      (name) => `activity.${name}`,
    ),
    dimensions: names.map((name) => `activity.${name}`),
    timezone: zone,
  })),
  ...['cause', 'stage', 'severity', 'employee', 'age'].map((name) => ({
    measures: ['service.open', 'service.overdue'],
    dimensions: [`service.${name}`],
    filters: [{ member: 'service.status', operator: 'equals', values: ['new', 'in_progress'] }],
    timezone: zone,
  })),
  {
    measures: ['sales.won_amount', 'sales.deals_won'],
    dimensions: ['sales.region', 'sales.pipeline'],
    filters: [{ member: 'sales.segment', operator: 'equals', values: ['occasional'] }],
    timeDimensions: [{ dimension: 'sales.closed_at', dateRange: range }],
    timezone: zone,
  },
  {
    measures: ['funnel.lost_amount_here'],
    dimensions: ['funnel.stage', 'funnel.stage_position', 'funnel.lost_reason'],
    timeDimensions: [{ dimension: 'funnel.closed_at', dateRange: range }],
    timezone: zone,
  },
  { measures: ['service.open', 'service.overdue'], timezone: zone },
  { measures: ['customers.customers'], dimensions: ['customers.owner', 'customers.segment'], timezone: zone },
  {
    measures: ['customers.revenue_year'],
    dimensions: ['customers.customer_key', 'customers.last_purchase_at', 'customers.usual_days'],
    filters: [{ member: 'customers.is_at_risk', operator: 'equals', values: ['true'] }],
    timezone: zone,
  },
  ...['segment', 'region', 'industry', 'abc', 'complaints_made', 'is_at_risk'].map((name) => ({
    measures: ['customers', 'paying', 'ltv', 'ltv_to_cac', 'churn_rate', 'at_risk_amount'].map(
      (measure) => `customers.${measure}`,
    ),
    dimensions: [`customers.${name}`],
    timezone: zone,
  })),
  { measures: ['activity.active_customers'], dimensions: ['activity.employee'], timezone: zone },
  {
    measures: ['receivables.overdue'],
    dimensions: ['receivables.owner'],
    filters: [{ member: 'receivables.overdue', operator: 'gt', values: ['0'] }],
    timezone: zone,
  },
];

describe.skipIf(!process.env.PULSE_TEST_PG)('rollups', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(settings);
    await database.query(ground);
    await database.query(`
      insert into core.fct_mailings (source, source_id, day, campaign_id, campaign_key, sent, delivered, opened, clicked, unsubscribed)
        select 'x', d::text, d, 'a3', 3, 100, 90, 40, 8, 1 from generate_series('2025-02-01'::date, '2025-12-01', '1 month') d;
      insert into core.fct_assessments (source, source_id, assessed_at, employee_id, employee_key, competency, score)
        select 'x', e || c, '2025-03-01', 'e' || e, e, c, e + length(c) from generate_series(1, 3) e, unnest(array['Talks', 'Asks why']) c`);
    // Ages are counted to the end of the source's last load; without one, to a now that is another for each question.
    await database.query(
      `insert into ops.sources (source, position, kind, entities, fresh_at)
       values ('x', 0, 'files', array['deals', 'calls', 'activities', 'complaints', 'customers', 'invoices', 'payments', 'survey_responses',
         'mailings', 'assessments', 'marketing_spend', 'touchpoints'], '2026-06-01')`,
    );
    cube = await startCube(database.url);
  });
  afterAll(async () => {
    await cube?.stop();
    await database?.drop();
  });

  type Meta = { cubes: { name: string; measures: { name: string }[] }[] };
  async function readViews(): Promise<Map<string, string[]>> {
    const headers = { authorization: sign({ sub: 'test', ...everybody }) };
    const { cubes } = (await (await fetch(`${cube.base}/cubejs-api/v1/meta`, { headers })).json()) as Meta;
    return new Map(cubes.map(({ name, measures }) => [name, measures.map((one) => one.name.split('.')[1]!)]));
  }
  const renew = () => database.query('update ops.data_version set version = version + 1');
  const hide = async () => {
    await database.query('alter schema rollup rename to hidden');
    await renew();
  };
  const show = async () => {
    await database.query('alter schema hidden rename to rollup');
    await renew();
  };
  async function sqlOf(query: Query, access = everybody): Promise<string> {
    const response = await fetch(
      `${cube.base}/cubejs-api/v1/sql?query=${encodeURIComponent(JSON.stringify(query))}`,
      {
        headers: { authorization: sign({ sub: 'test', ...access }) },
      },
    );
    const { sql } = (await response.json()) as { sql: { sql: [string] } };
    return sql.sql[0];
  }
  async function ask(all: Query[], access = everybody): Promise<Row[][]> {
    const answers: Row[][] = [];
    for (const query of all) {
      answers.push(sortRows(await cube.rows(query, access)));
    }
    return answers;
  }

  it('answer every question of the dashboard', { timeout: 120_000 }, async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 3 });
    await start(company!);
    const views = await readViews();
    expect([...views.keys()].sort()).toEqual([...new Set(families.map(({ view }) => view)), ...plain].sort());
    const missed = [];
    const rolled = (family: Family) =>
      views.get(family.view)!.filter((measure) => !family.fromFacts.includes(measure));
    for (const query of [...asked, ...families.flatMap((family) => questions(family, rolled(family)))])
      if (!(await sqlOf(query)).includes('rollup."')) missed.push(JSON.stringify(query));
    expect(missed).toEqual([]);
  });

  it('equal the facts, after a first load and after any changes', { timeout: 600_000 }, async () => {
    const views = await readViews();
    // Those of the facts alone are asked too: should one slip onto a rollup, it may not change.
    const all = [
      ...asked,
      ...families.flatMap((family) => questions(family, views.get(family.view)!)),
      ...families.filter(({ having }) => having).flatMap(withEmptyGroups),
    ];
    let run = 0;
    await fc.assert(
      fc.asyncProperty(companies, companies, async (first, later) => {
        await start(first);
        await load(database.url, (query) => arrive(query, later));
        await renew();
        // Each question of one of the two companies, with the rights of the whole company or of a head.
        const turn = run++;
        for (const [odd, access] of [everybody, head].entries()) {
          const some = all.filter((_, i) => i % 2 === (turn + odd) % 2);
          const rolled = await ask(some, access);
          await hide();
          const raw = await ask(some, access);
          await show();
          for (const [i, query] of some.entries()) expect(rolled[i], JSON.stringify(query)).toEqual(raw[i]);
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  it('know which answers are late at any moment', { timeout: 120_000 }, async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 3 });
    await start(company!);
    await load(database.url, (query) =>
      query(`update core.fct_deals set first_response_at = null where deal_key % 3 > 0`, []),
    );
    const [source] = await database.query('select fresh_at from ops.sources');
    const days: Query[] = ['owner', 'channel', 'product', 'region', 'industry'].map((name) => ({
      measures: ['sales.sla_breaches', 'sales.deals'],
      dimensions: [`sales.${name}`],
      timeDimensions: [{ dimension: 'sales.created_at', granularity: 'day', dateRange: range }],
      timezone: zone,
    }));
    const turns = await database.query(`
      select created_at + interval '24 hours' + step as at from core.fct_deals, unnest(array[interval '0', '1 second']) step
      where first_response_at is null and created_at > '2025-03-01' and not is_deleted and not is_test order by 1 limit 6`);
    expect(turns.length).toBeGreaterThan(2);
    const found = new Set<string>();
    for (const turn of turns) {
      await database.query('update ops.sources set fresh_at = $1', [turn.at]);
      await renew();
      for (const query of days) expect(await sqlOf(query)).toContain('_late"');
      const rolled = await ask(days);
      await hide();
      expect(rolled).toEqual(await ask(days));
      await show();
      found.add(JSON.stringify(rolled));
    }
    expect(found.size).toBeGreaterThan(2);
    await database.query('update ops.sources set fresh_at = $1', [source?.fresh_at]);
  });

  it('are the same, whether added to or built anew', { timeout: 240_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(companies, companies, async (first, later) => {
        await start(first);
        await load(database.url, (query) => arrive(query, later));
        const added = await print();
        await forget();
        await derive(database.url);
        expect(added).toEqual(await print());
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  it('are read as they were while all is derived anew, and then as new', { timeout: 120_000 }, async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 3 });
    await start(company!);
    const queries: Query[] = [
      { measures: ['sales.deals'], dimensions: ['sales.owner'], timezone: zone },
      { measures: ['funnel.entered'], dimensions: ['funnel.stage'], timezone: zone },
      { measures: ['marketing.leads', 'marketing.spend'], dimensions: ['marketing.channel'], timezone: zone },
      { measures: ['customers.customers', 'customers.paying'], timezone: zone },
    ];
    const age = () => database.query('select source, fresh_at from ops.sources order by 1');
    const [before, known] = [await ask(queries), await age()];
    for (const query of queries) expect(await sqlOf(query)).toContain('rollup."');

    const [reader, loader] = await Promise.all([connect(), connect()]);
    try {
      // Whoever still reads holds up the exchange, and so everything else stands built and not yet shown.
      await reader.query('begin; select from rollup.activity_days__employee limit 1');
      await loader.query(`
        begin;
        delete from core.settings where key = 'derived.for';
        update core.fct_deals set is_deleted = not is_deleted;
        update ops.sources set fresh_at = fresh_at + interval '1 day'`);
      const derived = transform(loader);
      const waits = `select from pg_locks where not granted and relation = 'rollup.activity_days__employee'::regclass`;
      await expect.poll(() => database.query(waits), { timeout: 60_000 }).toHaveLength(1);
      expect(await ask(queries)).toEqual(before);
      expect(await age()).toEqual(known);
      await reader.query('commit');
      await derived;
      await loader.query('update ops.data_version set version = version + 1; commit');
    } finally {
      await Promise.all([reader.end(), loader.end()]);
    }
    const rolled = await ask(queries);
    expect(rolled).not.toEqual(before);
    await hide();
    expect(rolled).toEqual(await ask(queries));
    await show();
  });

  it('know days of one zone, and no record: other questions go to the facts', async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 3 });
    await start(company!);
    const time = (rest: object) => [{ dimension: 'sales.created_at', ...rest }];
    const raw: Query[] = [
      { measures: ['sales.deals'], timeDimensions: time({ dateRange: range }), timezone: 'UTC' },
      {
        measures: ['sales.deals'],
        timeDimensions: time({ dateRange: ['2025-01-01T10:00:00', '2025-01-02T10:00:00'] }),
        timezone: zone,
      },
      {
        measures: ['sales.deals'],
        timeDimensions: time({ dateRange: range, granularity: 'hour' }),
        timezone: zone,
      },
      { measures: ['sales.deals'], dimensions: ['sales.created_at'], timezone: zone },
      { measures: ['sales.deals'], dimensions: ['sales.deal_id'], timezone: zone },
      { measures: ['sales.cycle_days_median'], timezone: zone },
      {
        measures: ['sales.deals'],
        filters: [{ member: 'sales.created_at', operator: 'afterDate', values: ['2025-03-01'] }],
        timezone: zone,
      },
      { dimensions: ['sales.status'], ungrouped: true, timezone: zone },
    ];
    for (const query of raw) expect(await sqlOf(query), JSON.stringify(query)).not.toContain('rollup."');
  });

  it('answer in the zone that they were made for, until a load makes them for another', async () => {
    const [company] = fc.sample(companies, { numRuns: 1, seed: 3 });
    await start(company!);
    const move = (to: string) =>
      database.query(`update core.settings set value = $1 where key = 'reporting.timezone'`, [
        JSON.stringify(to),
      ]);
    const daily = (timezone: string): Query => ({
      measures: ['sales.deals'],
      timeDimensions: [{ dimension: 'sales.created_at', granularity: 'day', dateRange: range }],
      timezone,
    });
    const other = 'America/New_York';
    const truth = await database.query(`
      select to_char(created_at at time zone '${other}', 'YYYY-MM-DD') as day, count(*)::int as n from core.fct_deals
      where not is_deleted and not is_test and (created_at at time zone '${other}')::date between '${range[0]}' and '${range[1]}'
      group by 1 order by 1`);
    const days = async () =>
      (await cube.rows(daily(other))).map((row) => ({
        day: String(row['sales.created_at.day']).slice(0, 10),
        n: Number(row['sales.deals']),
      }));

    await move(other);
    await renew();
    expect(await sqlOf(daily(other))).not.toContain('rollup."');
    expect(await sqlOf(daily(zone))).toContain('rollup."');
    expect(await days()).toEqual(truth);

    await derive(database.url);
    await renew();
    expect(await sqlOf(daily(other))).toContain('rollup."');
    expect(await sqlOf(daily(zone))).not.toContain('rollup."');
    expect(await days()).toEqual(truth);
    await move(zone);
    await derive(database.url);
    await renew();
  });

  it('are named to whoever asks how a figure is answered', async () => {
    const question = { cubeUrl: `${cube.base}/cubejs-api`, token: sign({ sub: 'test', ...everybody }) };
    const told = await askSql({
      ...question,
      query: { measures: ['calls.calls'], dimensions: ['calls.hour'], timezone: zone },
    });
    expect(told.rollups).toEqual(['rollup.call_facts__hour']);
  });

  it('say which question they could not answer, and why', async () => {
    await cube.rows({ measures: ['sales.cycle_days_median'], timezone: zone });
    const find = async () =>
      (
        await database.query(
          `select * from ops.rollup_misses where members = 'sales.cycle_days_median |  | '`,
        )
      )[0];
    await expect
      .poll(find, { timeout: 15_000 })
      .toMatchObject({ reason: expect.stringContaining('closed_at') });
  });

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    return client;
  }
  const forget = () => database.query(`delete from core.settings where key = 'derived.for'`);
  async function start(company: Company): Promise<void> {
    await settle(database, company);
    await forget();
    await derive(database.url);
    await renew();
  }
  async function print(): Promise<Record<string, unknown>> {
    const tables: Record<string, unknown> = {};
    for (const { cube: name, sums, cuts } of kept)
      for (const [by, keys] of Object.entries(cuts)) {
        const columns = [
          ...keys,
          ...Object.keys(sums).map((sum) => `trim_scale(${sum}::numeric)::text as ${sum}`),
        ];
        tables[`${name}__${by}`] = await database.query(
          `select ${columns.join(', ')} from rollup.${name}__${by} order by ${keys.join(', ')}`,
        );
      }
    return tables;
  }
});

/** Averages may differ in the last digit, since sums of parts are divided. */
function sortRows(rows: Row[]): Row[] {
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value).toPrecision(12) : value,
      ]),
    ),
  );
  return plain.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
