import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';

// Promise 3: the same input twice changes nothing; a late older version never overwrites a newer one.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const load = async (rows: string[]) => {
  bench.write('deals.csv', `id,sum,at\n${rows.join('\n')}\n`);
  const [run] = await bench.load(`  crm:
    kind: files
    path: deals.csv
    streams:
      - { entity: deals, key: id, cursor: at, fields: { amount: sum, updated_at: at } }
`);
  return run?.streams[0];
};
const sums = async () =>
  (
    await bench.rows<{ id: string; sum: number }>(
      'select source_id as id, amount::int as sum from core.fct_deals order by 1',
    )
  ).map(({ id, sum }) => `${id}=${sum}`);

test('the same input twice leaves every column of every row as it was', async () => {
  const rows = ['1,10,2025-01-01', '2,20,2025-01-01'];
  await load(rows);
  const before = await bench.rows('select * from core.fct_deals order by source_id');
  expect(await load(rows)).toMatchObject({ inserted: 0, updated: 0, unchanged: 2, deleted: 0 });
  expect(await bench.rows('select * from core.fct_deals order by source_id')).toEqual(before);
  expect(await bench.rows('select * from core.hist_deals')).toEqual([]);
});

test('an older version that comes late is known and not taken, in whatever order they come', async () => {
  await load(['1,30,2025-03-01']);
  expect(await load(['1,20,2025-02-01'])).toMatchObject({ unchanged: 1, updated: 0 });
  expect(await sums()).toEqual(['1=30', '2=20']);
});

test('also one that lies between two versions of equal content', async () => {
  await load(['2,20,2025-05-01']);
  expect(await load(['2,25,2025-04-01'])).toMatchObject({ unchanged: 1, updated: 0 });
  expect(await sums()).toEqual(['1=30', '2=20']);
});

test('an older row behind a newer one in the same file is the duplicate', async () => {
  expect(await load(['1,50,2025-06-01', '1,40,2025-05-01'])).toMatchObject({ updated: 1, duplicate: 1 });
  expect(await sums()).toEqual(['1=50', '2=20']);
});
