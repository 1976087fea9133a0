import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '../../harness/database.ts';
import { cut, expectSame, part, range, within, zones } from './parts.ts';
import { startCube, type Cube } from './server.ts';

describe.skipIf(!process.env.PULSE_TEST_PG)('receivables', () => {
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
  const invoices = `(select i.*, i.amount - coalesce((select sum(p.amount) from core.fct_payments p
      where p.source = i.source and p.invoice_id = i.source_id and not p.is_deleted), 0) as rest
    from core.fct_invoices i where not is_deleted) d`;
  const late = (condition: string) =>
    `sum(rest) filter (where due_at < ${now} and rest > 0 and ${condition})`;
  const billed = {
    invoiced: 'sum(amount)',
    invoiced_90: `sum(amount) filter (where issued_at > ${now} - interval '90 days')`,
    unpaid: 'sum(rest)',
    overdue: late('true'),
    overdue_30: late(`due_at >= ${now} - interval '30 days'`),
    overdue_60: late(`due_at < ${now} - interval '30 days' and due_at >= ${now} - interval '60 days'`),
    overdue_90: late(`due_at < ${now} - interval '60 days' and due_at >= ${now} - interval '90 days'`),
    overdue_older: late(`due_at < ${now} - interval '90 days'`),
  };
  const received = {
    paid: 'sum(amount)',
    loose: `sum(amount) filter (where not exists (select from core.fct_invoices i
      where i.source = d.source and i.source_id = d.invoice_id and not i.is_deleted))`,
  };
  const receivables = {
    invoiced: 'invoiced',
    paid: 'paid',
    outstanding:
      'case when unpaid is null and loose is null then null else coalesce(unpaid, 0) - coalesce(loose, 0) end',
    overdue: 'overdue',
    overdue_30: 'overdue_30',
    overdue_60: 'overdue_60',
    overdue_90: 'overdue_90',
    overdue_older: 'overdue_older',
    dso_days: '(coalesce(unpaid, 0) - coalesce(loose, 0)) / nullif(invoiced_90, 0) * 90',
  };

  it('receivables in total, by customer and by month', async () => {
    const ownerOf = `(select e.name from core.dim_employees e where e.employee_key = coalesce(
      (select x.owner_key from core.fct_deals x where x.deal_key = d.deal_key),
      (select c.owner_key from core.dim_customers c where c.customer_key = d.customer_key)))`;
    for (const [key, question] of [
      [`'all'`, {}],
      [
        '(select name from core.dim_customers c where c.customer_key = d.customer_key)',
        { dimensions: ['receivables.customer'] },
      ],
      [ownerOf, { dimensions: ['receivables.owner'] }],
    ] as const)
      await expectSame(
        { cube, database },
        'receivables',
        [
          part(key, billed, `${invoices} where true`),
          part(key, received, 'core.fct_payments d where not is_deleted'),
        ],
        receivables,
        question,
      );
    for (const zone of zones)
      await expectSame(
        { cube, database },
        'receivables',
        [
          part(
            cut('month', `issued_at at time zone '${zone}'`),
            billed,
            `${invoices} where ${within('issued_at', zone)}`,
          ),
          part(
            cut('month', `paid_at at time zone '${zone}'`),
            received,
            `core.fct_payments d where not is_deleted and ${within('paid_at', zone)}`,
          ),
        ],
        receivables,
        { ...range('receivables.date', 'month'), timezone: zone },
      );
  });

  it('outstanding is what was invoiced less what was paid', async () => {
    const [row] = await cube.rows({
      measures: ['receivables.invoiced', 'receivables.paid', 'receivables.outstanding'],
    });
    const [invoiced, paid, outstanding] = Object.values(row!).map(Number) as [number, number, number];
    expect(outstanding).toBeCloseTo(invoiced - paid, 6);
  });
});
