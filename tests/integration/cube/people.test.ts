import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { cut, deals, expectSame, from, part, range, to, within, zones } from './parts.ts';
import { startCube, type Cube } from './server.ts';

describe.skipIf(!process.env.PULSE_TEST_PG)('what people do, and how well they write it down', () => {
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

  const now = `timestamptz '2025-04-10 09:00Z'`;
  const zero = (name: string) => `coalesce(${name}, 0)`;
  const measures = {
    contacts: 'coalesce(answered, 0) + coalesce(touches, 0)',
    emails: zero('emails'),
    meetings: zero('meetings'),
    tasks_done: zero('tasks_done'),
    tasks_overdue: zero('tasks_overdue'),
    contacts_per_workday: '(coalesce(answered, 0) + coalesce(touches, 0)) / nullif(workdays, 0)',
    new_deals: zero('new_deals'),
  };
  const touches = {
    touches: `count(*)`,
    emails: `count(*) filter (where kind = 'email')`,
    meetings: `count(*) filter (where kind = 'meeting')`,
  };
  // Eve is hired and leaves on known days; Ann and Bob are there since their first deals, of 21 and 20 December.
  const workdays = `(select c.day, e.name from core.dim_calendar c, core.dim_employees e where c.is_workday
    and c.day >= case e.name when 'Eve' then date '2025-02-03' when 'Ann' then date '2024-12-21' else date '2024-12-20' end
    and c.day <= case e.name when 'Eve' then date '2025-03-05' else date '2025-04-10' end) d`;
  const ownerOf = (key: string) => `(select name from core.dim_employees e where e.employee_key = d.${key})`;

  const parts = (
    key: (column: string, who: string) => string,
    when: (column: string) => string,
    days = 'true',
    dayKey = 'name',
  ) => [
    part(
      key('started_at', 'employee_key'),
      { answered: 'count(*)' },
      `core.fct_calls d where disposition = 'answered' and not is_deleted and ${when('started_at')}`,
    ),
    part(
      key('created_at', 'employee_key'),
      touches,
      `core.fct_activities d where kind <> 'task' and not is_deleted and ${when('created_at')}`,
    ),
    part(
      key('done_at', 'employee_key'),
      { tasks_done: 'count(*)' },
      `core.fct_activities d where kind = 'task' and done_at is not null and not is_deleted and ${when('done_at')}`,
    ),
    part(
      key('due_at', 'employee_key'),
      { tasks_overdue: 'count(*)' },
      `core.fct_activities d where kind = 'task' and done_at is null and due_at < ${now} and not is_deleted and ${when('due_at')}`,
    ),
    part(key('created_at', 'owner_key'), { new_deals: 'count(*)' }, `${deals} and ${when('created_at')}`),
    part(dayKey, { workdays: 'count(*)' }, `${workdays} where ${days}`),
  ];

  it('activity by employee', () =>
    expectSame(
      { cube, database },
      'activity',
      parts(
        (_, who) => ownerOf(who),
        () => 'true',
      ),
      measures,
      { dimensions: ['activity.employee'] },
    ));

  for (const zone of zones)
    it(`activity by grain in ${zone}`, async () => {
      for (const grain of ['day', 'week', 'month'])
        await expectSame(
          { cube, database },
          'activity',
          parts(
            (column) => cut(grain, `${column} at time zone '${zone}'`),
            (column) => within(column, zone),
            `day between '${from}' and '${to}'`,
            cut(grain, 'day::timestamp'),
          ),
          measures,
          { ...range('activity.date', grain), timezone: zone },
        );
    });

  it('active customers are those of the last load', async () => {
    const told = await database.query<{ owner: string; n: string }>(
      `select ${ownerOf('owner_key')} as owner, count(distinct customer_key)::text as n from ${deals} and customer_key is not null
         and (status = 'open' or (status = 'won' and closed_at > ${now} - interval '90 days')) group by 1`,
    );
    const ask = (question: object) =>
      cube.rows({
        measures: ['activity.active_customers'],
        dimensions: ['activity.employee'],
        timezone: 'UTC',
        ...question,
      });
    const expected = Object.fromEntries(told.map(({ owner, n }) => [String(owner), n]));
    const read = (rows: Awaited<ReturnType<typeof ask>>) =>
      Object.fromEntries(
        rows.map((row) => [String(row['activity.employee']), row['activity.active_customers']]),
      );
    expect(read(await ask({}))).toEqual(expected);
    const april = {
      timeDimensions: [{ dimension: 'activity.date', dateRange: ['2025-04-01', '2025-04-30'] }],
    };
    expect(read(await ask(april))).toEqual(expected);
    const past = read(await ask(range('activity.date')));
    expect(Object.values(past).every((value) => value === null)).toBe(true);
  });

  it('data quality per source, entity and owner', async () => {
    const counted = ['loaded', 'quarantined', 'duplicates', 'completeness'].map(
      (name) => `data_quality.${name}`,
    );
    const [row] = await cube.rows({
      measures: [...counted, 'data_quality.fresh_at'],
      filters: [{ member: 'data_quality.entity', operator: 'equals', values: ['deals'] }],
      timezone: 'Europe/Moscow',
    });
    const [told] = await database.query<{ n: string; share: string }>(
      `select count(*)::text as n, avg((1 + (created_at is not null)::int + (customer_id is not null)::int
        + (owner_id is not null)::int + (amount is not null)::int) / 5.0)::text as share from core.fct_deals`,
    );
    expect(row).toMatchObject({
      'data_quality.loaded': told!.n,
      'data_quality.quarantined': '4',
      // 3 of the last successful run of one stream and 1 of the other's
      'data_quality.duplicates': '4',
      'data_quality.fresh_at': '2025-04-10T12:00:00.000',
    });
    expect(Number(row!['data_quality.completeness'])).toBeCloseTo(Number(told!.share), 9);

    const owners = await cube.rows({
      measures: ['data_quality.loaded', 'data_quality.completeness'],
      dimensions: ['data_quality.owner'],
      filters: [{ member: 'data_quality.entity', operator: 'equals', values: ['customers'] }],
    });
    const kept = await database.query<{ owner: string | null; n: string; share: string }>(
      `select ${ownerOf('owner_key')} as owner, count(*)::text as n, avg((1 + (industry is not null)::int + (region is not null)::int
        + (email is not null)::int + (phone is not null)::int + (owner_id is not null)::int) / 6.0)::text as share
       from core.dim_customers d group by 1`,
    );
    for (const { owner, n, share } of kept) {
      const own = owners.filter(
        (asked) => asked['data_quality.owner'] === owner && Number(asked['data_quality.loaded']) > 0,
      );
      expect(own.map((asked) => asked['data_quality.loaded'])).toEqual([n]);
      expect(Number(own[0]!['data_quality.completeness'])).toBeCloseTo(Number(share), 9);
    }
  });

  it('sums up every table that is loaded', async () => {
    const rows = await cube.rows({ measures: ['data_quality.loaded'], dimensions: ['data_quality.entity'] });
    const { entities } = await import('../../../etl/entities.ts');
    for (const [name, { table, key }] of Object.entries(entities)) {
      const [told] = await database.query<{ n: string }>(
        `select count(*)::text as n from core.${table}${key ? ' where not is_inferred' : ''}`,
      );
      const asked = rows.find((row) => row['data_quality.entity'] === name);
      expect(Number(asked?.['data_quality.loaded'] ?? 0), name).toBe(Number(told!.n));
    }
  });
});
