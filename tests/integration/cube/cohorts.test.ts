import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { derive, settings } from './derive.ts';
import { cut, expectSame, from, part, range, to, zones } from './parts.ts';
import { type Access, type Cube } from './server.ts';

const month = (column: string) => `date_trunc('month', ${column} at time zone 'Europe/Moscow')::date`;
const deals = `core.fct_deals w where w.status = 'won' and not w.is_test and not w.is_deleted and w.customer_key = k.customer_key`;
const profit = 'sum(w.amount - coalesce(w.cost, 0))';

/** One row per customer and month since, from the deals alone; the running month is the last. */
const rows = `(
  select k.*, m.n, s.*, m.n < k.age as is_over
  from (
    select c.customer_key, c.owner_key, e.team_key, ${month('min(w.closed_at)')} as cohort,
      (extract(year from ${month('now()')}) * 12 + extract(month from ${month('now()')}) - extract(year from ${month('min(w.closed_at)')}) * 12
        - extract(month from ${month('min(w.closed_at)')}))::int as age
    from core.dim_customers c join core.fct_deals w using (customer_key)
    left join core.dim_employees e on e.employee_key = c.owner_key
    where not c.is_deleted and w.status = 'won' and not w.is_test and not w.is_deleted and w.closed_at is not null
    group by 1, 2, 3
  ) k,
  generate_series(0, k.age) m(n),
  lateral (select (k.cohort + make_interval(months => m.n))::date as since) t,
  lateral (
    select (select count(*) > 0 from ${deals} and ${month('w.closed_at')} = t.since) as bought,
      (select sum(w.amount) from ${deals} and ${month('w.closed_at')} = t.since) as sold,
      (select ${profit} from ${deals} and ${month('w.closed_at')} <= t.since) as earned
  ) s
) r`;
const measures = {
  customers: 'customers',
  active: 'active',
  retention: 'active::numeric / nullif(cells, 0)',
  revenue: 'coalesce(revenue, 0)',
  cumulative_ltv: 'earned / nullif(customers, 0)',
};
/** `isLast` says which row of a customer is the latest of those asked for. */
const told = (key: string, isLast: string, where = 'true') => [
  part(
    key,
    {
      customers: 'count(distinct customer_key)',
      cells: 'count(*)',
      active: 'count(*) filter (where bought)',
      revenue: 'sum(sold)',
      earned: `sum(earned) filter (where ${isLast})`,
    },
    `${rows} where ${where}`,
  ),
];

describe.skipIf(!process.env.PULSE_TEST_PG)('cohorts of customers', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany(async (database) => {
      await database.query(settings);
      await derive(database.url);
    });
    ({ database, cube } = opened);
    return opened.close;
  });

  const same = (parts: string[], question: object, access?: Access) =>
    expectSame({ cube, database }, 'cohorts', parts, measures, question, access);
  const months = (...values: string[]) => ({
    member: 'cohorts.months_since',
    operator: values.length === 1 ? 'lte' : 'equals',
    values,
  });

  it('in total: the last month of each cohort holds its profit to date', () =>
    same(told(`'all'`, 'n = age'), {}));

  it('by months since, over all cohorts that have come so far', () =>
    same(told('n', 'true'), { dimensions: ['cohorts.months_since'] }));

  it('up to a month, over all cohorts', () =>
    same(told(`'all'`, 'n = least(3, age)', 'n <= 3'), { filters: [months('3')] }));

  it('in chosen months, not all of which each cohort has reached', async () => {
    await same(told(`'all'`, 'n = case when age >= 21 then 21 else 2 end', 'n in (2, 21)'), {
      filters: [months('2', '21')],
    });
  });

  for (const timezone of zones)
    it(`by each grain of the cohort in ${timezone}, its month staying where it is`, async () => {
      for (const grain of ['month', 'quarter', 'year'])
        await same(told(cut(grain, 'cohort::timestamp'), 'n = age', `cohort between '${from}' and '${to}'`), {
          ...range('cohorts.cohort', grain),
          timezone,
        });
    });

  it('by cohort and month since', async () => {
    const cells = await cube.rows({
      measures: ['cohorts.customers', 'cohorts.active', 'cohorts.retention', 'cohorts.cumulative_ltv'],
      dimensions: ['cohorts.months_since'],
      timeDimensions: [{ dimension: 'cohorts.cohort', granularity: 'month' }],
      timezone: 'UTC',
    });
    const expected = await database.query<Record<string, string>>(
      `select to_char(cohort, 'YYYY-MM') as cohort, n, count(*) as customers, count(*) filter (where bought) as active,
         count(*) filter (where bought)::numeric / count(*) as retention, sum(earned) / count(*) as ltv
       from ${rows} group by 1, 2`,
    );
    const print = (cohort: string, n: unknown, values: unknown[]) =>
      [cohort, n, ...values.map((value) => Number(value).toPrecision(10))].join(' ');
    expect(
      cells
        .map((cell) =>
          print(String(cell['cohorts.cohort.month']).slice(0, 7), cell['cohorts.months_since'], [
            cell['cohorts.customers'],
            cell['cohorts.active'],
            cell['cohorts.retention'],
            cell['cohorts.cumulative_ltv'],
          ]),
        )
        .sort(),
    ).toEqual(expected.map((r) => print(r.cohort!, r.n, [r.customers, r.active, r.retention, r.ltv])).sort());
  });

  it('by rights, and by whether the month is over', async () => {
    await same(
      told(`'all'`, 'n = age', 'team_key = 1'),
      {},
      { access: 'team', team_keys: [1], employee_keys: [] },
    );
    await same(
      told(`'all'`, 'n = age', 'owner_key = 13'),
      {},
      { access: 'own', team_keys: [], employee_keys: [13] },
    );
    await same(told('is_over', 'n = case when is_over then age - 1 else age end'), {
      dimensions: ['cohorts.is_complete'],
    });
  });

  it('agrees with the view of customers, and derives the same twice', async () => {
    const [whole] = await cube.rows({ measures: ['customers.paying', 'customers.ltv'] });
    const [cohorts] = await cube.rows({ measures: ['cohorts.customers', 'cohorts.cumulative_ltv'] });
    expect(cohorts!['cohorts.customers']).toBe(whole!['customers.paying']);
    expect(Number(cohorts!['cohorts.cumulative_ltv'])).toBeCloseTo(Number(whole!['customers.ltv']), 9);
    const print = () => database.query('select c::text as row from core.fct_cohorts c order by 1');
    const before = await print();
    await derive(database.url);
    expect(await print()).toEqual(before);
  });
});
