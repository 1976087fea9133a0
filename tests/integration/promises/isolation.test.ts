import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';
import { csvSource } from '../etl/company.ts';

// Promise 8: one broken source stops neither the others nor the dashboard; its last good data stay, marked with their age.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const shop = `  shop:
    kind: files
    path: .
    streams:
      - { from: people.csv, entity: customers, key: id, fields: { name: name } }
      - { from: goods.csv, entity: products, key: id, fields: { name: name } }
`;
const crm = csvSource('crm', 'deals', 'deals.csv', '{ source_id: id, amount: sum }');
const named = (table: string) =>
  bench.rows<{ name: string }>(
    `select name from core.${table} where source = 'shop' and not is_deleted order by 1`,
  );
const record = async () =>
  (
    await bench.rows<{ failures: number; fresh_at: Date | null; error: string | null }>(
      `select failures, fresh_at, error from ops.sources where source = 'shop'`,
    )
  )[0];

test('a source that was never whole leaves nothing of itself, and the one behind it is loaded', async () => {
  bench.write('people.csv', 'id,name\n1,Acme\n');
  bench.write('goods.csv', 'id,title\n1,Desk\n');
  bench.write('deals.csv', 'id,sum\n1,10\n');
  const runs = await bench.load(shop + crm);
  expect(runs.map(({ source, status }) => [source, status])).toEqual([
    ['shop', 'failed'],
    ['crm', 'succeeded'],
  ]);
  expect(runs[0]?.error).toBe('goods.csv has no column «name»; it has id, title');
  expect(await record()).toMatchObject({ failures: 1, fresh_at: null });
  expect(await named('dim_customers')).toEqual([]);
});

test('one that breaks later keeps its last good data and their age', async () => {
  bench.write('goods.csv', 'id,name\n1,Desk\n');
  await bench.load(shop + crm);
  const good = await record();
  expect(good).toMatchObject({ failures: 0, error: null });

  bench.write('people.csv', 'id,name\n1,Acme Ltd\n2,Beta\n');
  bench.write('goods.csv', 'id,title\n1,Desk\n');
  bench.write('deals.csv', 'id,sum\n1,10\n2,20\n');
  const runs = await bench.load(shop + crm);
  expect(runs.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
  expect(await named('dim_customers')).toEqual([{ name: 'Acme' }]);
  expect(await named('dim_products')).toEqual([{ name: 'Desk' }]);
  expect(await record()).toMatchObject({ failures: 1, fresh_at: good?.fresh_at });
  expect(await bench.rows('select count(*)::int as n from core.fct_deals')).toEqual([{ n: 2 }]);
});

test('mended, it is whole and young again', async () => {
  const before = await record();
  bench.write('goods.csv', 'id,name\n1,Desk\n');
  await bench.load(shop);
  expect(await named('dim_customers')).toEqual([{ name: 'Acme Ltd' }, { name: 'Beta' }]);
  const after = await record();
  expect(after).toMatchObject({ failures: 0, error: null });
  expect(after?.fresh_at?.getTime()).toBeGreaterThan(before?.fresh_at?.getTime() ?? Infinity);
});
