import { beforeAll, describe, expect, it } from 'vitest';
import { openSmallCompany } from '../../harness/company.ts';
import type { Database } from '../../harness/database.ts';
import { type Cube } from './server.ts';

describe.skipIf(!process.env.PULSE_TEST_PG)('how well records are kept', () => {
  let database: Database;
  let cube: Cube;

  beforeAll(async () => {
    const opened = await openSmallCompany();
    ({ database, cube } = opened);
    return opened.close;
  });

  const ownerOf = (key: string) => `(select name from core.dim_employees e where e.employee_key = d.${key})`;

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
