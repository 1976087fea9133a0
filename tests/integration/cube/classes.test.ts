import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { derive, settings } from './derive.ts';

type Sale = { months: number; amount: number };
type Classes = { segment: string; abc: string | null; xyz: string; bcg: string };

/** Sales in the middle of full months, counted back from this one in the reporting zone. */
const sale = (months: number, amount: number): Sale => ({ months, amount });
const year = (amounts: number[]) => amounts.map((amount, i) => sale(i + 1, amount));

describe.skipIf(!process.env.PULSE_TEST_PG)('classes of customers', () => {
  let database: Database;

  beforeAll(async () => {
    database = await createDatabase();
    await database.query(settings);
  });
  afterAll(() => database?.drop());

  async function classify(sales: Record<string, Sale[]>): Promise<Record<string, Classes>> {
    await database.query('truncate core.fct_deals, core.dim_customers, core.hist_deals');
    for (const [name, list] of Object.entries(sales)) {
      await database.query(
        `insert into core.dim_customers (source, source_id, name) values ('crm', $1::text, $1::text)`,
        [name],
      );
      await database.query(
        `insert into core.fct_deals (source, source_id, status, customer_key, amount, created_at, closed_at)
         select 'crm', $1 || '/' || n, 'won', (select customer_key from core.dim_customers where source_id = $1), amount, at, at
         from rows from (jsonb_to_recordset($2) as (months int, amount numeric)) with ordinality as s(months, amount, n),
           lateral (
             select (date_trunc('month', now() at time zone 'Europe/Moscow') - make_interval(months => months)
               + interval '14 days') at time zone 'Europe/Moscow' as at
           ) t`,
        [name, JSON.stringify(list)],
      );
    }
    await derive(database.url);
    const rows = await database.query<Classes & { name: string }>(
      'select c.name, f.segment, f.abc, f.xyz, f.bcg from core.customer_facts f join core.dim_customers c using (customer_key)',
    );
    return Object.fromEntries(rows.map(({ name, ...classes }) => [name, classes]));
  }

  const pick = (classes: Record<string, Classes>, name: keyof Classes) =>
    Object.fromEntries(Object.entries(classes).map(([customer, all]) => [customer, all[name]]));

  it('puts a customer on a boundary where its own revenue starts', async () => {
    const crossing = await classify({
      a: [sale(2, 50)],
      b: [sale(2, 25)],
      c: [sale(2, 20)],
      d: [sale(2, 5)],
      e: [],
    });
    // Before b lies 50 %, before c 75 %, before d 95 %.
    expect(pick(crossing, 'segment')).toEqual({
      a: 'gold',
      b: 'gold',
      c: 'silver',
      d: 'bronze',
      e: 'occasional',
    });
    expect(pick(crossing, 'abc')).toEqual({ a: 'A', b: 'A', c: 'A', d: 'C', e: null });

    const exact = await classify({
      a: [sale(2, 60)],
      b: [sale(2, 20)],
      c: [sale(2, 10)],
      d: [sale(2, 5)],
      f: [sale(2, 5)],
    });
    // Exactly 60, 80, 90 and 95 % before them: each starts in the next class.
    expect(pick(exact, 'segment')).toEqual({ a: 'gold', b: 'silver', c: 'silver', d: 'bronze', f: 'bronze' });
    expect(pick(exact, 'abc')).toEqual({ a: 'A', b: 'A', c: 'B', d: 'B', f: 'C' });
  });

  it('breaks a tie by the customer’s own id, not by the order of arrival', async () => {
    const names = ['z', 'y', 'x', 'w', 'v'];
    const inOrder = (list: string[]) =>
      classify(Object.fromEntries(list.map((name) => [name, [sale(2, 20)]])));
    expect(await inOrder(names)).toEqual(await inOrder([...names].reverse()));
  });

  it('XYZ by the variation of 12 full months, those without sales included', async () => {
    const swing = (percent: number) =>
      year(Array.from({ length: 12 }, (_, i) => 100 + (i % 2 ? percent : -percent)));
    const classes = await classify({
      even: year(Array<number>(12).fill(100)),
      tenth: swing(10),
      more: swing(10.1),
      quarter: swing(25),
      wild: swing(25.1),
      twice: [...year(Array<number>(12).fill(50)), ...year(Array<number>(12).fill(50))],
      // Eleven equal months and one of zero vary by 0.30.
      gap: year(Array<number>(11).fill(100)),
      three: year([100, 100, 100]),
      two: year([100, 100]),
      // Neither the running month nor the thirteenth before it counts.
      late: [sale(0, 100), sale(1, 100), sale(2, 100), sale(13, 100)],
      free: year([100, 100, 0]),
      none: [],
    });
    expect(pick(classes, 'xyz')).toEqual({
      even: 'X',
      tenth: 'X',
      more: 'Y',
      quarter: 'Y',
      wild: 'Z',
      twice: 'X',
      gap: 'Z',
      three: 'Z',
      two: 'n/a',
      late: 'n/a',
      free: 'n/a',
      none: 'n/a',
    });
  });

  it('BCG by the mean share and the growth of the company', async () => {
    // The company grows from 200 to 300; six bought, so a share from a sixth is high.
    const classes = await classify({
      star: [sale(18, 40), sale(3, 120)],
      cow: [sale(18, 100), sale(3, 90)],
      exact: [sale(18, 20), sale(3, 50)],
      question: [sale(18, 4), sale(3, 6)],
      fresh: [sale(3, 20)],
      dog: [sale(18, 30), sale(3, 14)],
      gone: [sale(18, 6)],
      old: [sale(40, 500)],
      none: [],
    });
    expect(pick(classes, 'bcg')).toEqual({
      star: 'star',
      cow: 'cash_cow',
      exact: 'star',
      question: 'question_mark',
      fresh: 'question_mark',
      dog: 'dog',
      gone: 'dog',
      old: 'n/a',
      none: 'n/a',
    });
    expect(pick(await classify({ only: [sale(3, 100)] }), 'bcg')).toEqual({ only: 'n/a' });
  });
});
