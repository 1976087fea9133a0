import { afterAll, beforeAll, expect, test } from 'vitest';
import { mergeRules } from '../../../etl/merge-rules.ts';
import { openBench, type Bench } from './case.ts';

// One record that two streams or two files of a source give must not go to and fro with each run.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const load = async (versions = false) => {
  const more = versions ? ', updated_at: at' : '';
  const [run] = await bench.load(`  shop:
    kind: files
    path: .
    streams:
      - { from: now.csv, entity: deals, name: current, key: id, fields: { amount: sum${more} } }
      - { from: old.csv, entity: deals, name: archive, key: id, fields: { amount: sum${more} } }
`);
  const byName = Object.fromEntries((run?.streams ?? []).map((s) => [s.stream, s]));
  return { run, ...(byName as unknown as Record<'current' | 'archive', Record<string, number>>) };
};
const deals = async () =>
  (
    await bench.rows<{ id: string; sum: number; is_deleted: boolean }>(
      `select source_id as id, amount::int as sum, is_deleted from core.fct_deals where source = 'shop' order by 1`,
    )
  ).map(({ id, sum, is_deleted }) => `${id}=${sum}${is_deleted ? ' deleted' : ''}`);

test('a record stays with the stream that gave it first, and the run says so', async () => {
  bench.write('now.csv', 'id,sum,at\n1,10,2025-01-02\n2,20,2025-01-02\n');
  bench.write('old.csv', 'id,sum,at\n2,2,2025-01-01\n3,3,2025-01-01\n');
  const first = await load();
  expect(first.current).toMatchObject({ read: 2, inserted: 2 });
  expect(first.archive).toMatchObject({ read: 2, inserted: 1, duplicate: 1 });
  const { rows } = {
    rows: await bench.rows<{ rules: object }>(
      `select detected -> 'rules' as rules from ops.run_streams where stream = 'archive' order by run_id desc limit 1`,
    ),
  };
  expect(rows).toEqual([{ rules: { [mergeRules.elsewhere]: 1 } }]);
  for (let again = 0; again < 2; again++) {
    const next = await load();
    expect(next.current).toMatchObject({ updated: 0, unchanged: 2, deleted: 0 });
    expect(next.archive).toMatchObject({ updated: 0, unchanged: 1, duplicate: 1, deleted: 0 });
  }
  expect(await deals()).toEqual(['1=10', '2=20', '3=3']);
});

test('it moves when the first stream no longer has it', async () => {
  bench.write('now.csv', 'id,sum,at\n1,10,2025-01-02\n4,40,2025-01-01\n');
  const moved = await load();
  expect(moved.current).toMatchObject({ deleted: 1 });
  expect(moved.archive).toMatchObject({ updated: 1 });
  expect(await deals()).toEqual(['1=10', '2=2', '3=3', '4=40']);
  expect((await load()).archive).toMatchObject({ updated: 0, unchanged: 2 });
});

test('it moves when another stream gives a newer version, and stays there', async () => {
  await load(true);
  bench.write('old.csv', 'id,sum,at\n1,100,2025-06-01\n2,2,2025-01-01\n3,3,2025-01-01\n4,4,2024-01-01\n');
  expect((await load(true)).archive).toMatchObject({ updated: 1, duplicate: 1 });
  expect(await deals()).toEqual(['1=100', '2=2', '3=3', '4=40']);
  const again = await load(true);
  expect(again.current).toMatchObject({ updated: 0, deleted: 0 });
  expect(again.archive).toMatchObject({ updated: 0, deleted: 0 });
});

test('of two files of one stream the newer row counts, else that of the last file', async () => {
  bench.write('set/a.csv', 'id,name\n1,old\n');
  bench.write('set/b.csv', 'id,name\n1,new\n');
  const got = await bench.take('products', 'set/*.csv', '{ source_id: id, name: name }', undefined, 'files');
  expect(got).toMatchObject({
    counts: { read: 2, inserted: 1, duplicate: 1 },
    rules: { [mergeRules.key]: 1 },
  });
  const again = await bench.take(
    'products',
    'set/*.csv',
    '{ source_id: id, name: name }',
    undefined,
    'files',
  );
  expect(again.counts).toMatchObject({ unchanged: 1, updated: 0, duplicate: 1 });
  expect(await bench.rows(`select name from core.dim_products where source = 'files'`)).toEqual([
    { name: 'new' },
  ]);
});
