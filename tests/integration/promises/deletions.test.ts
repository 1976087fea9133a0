import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';

// Promise 7: a full run marks what has vanished; an incremental one honours the source's deleted flag.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const load = async (name: string, content: string, more = '') => {
  bench.write(`${name}.csv`, content);
  const [run] = await bench.load(`  ${name}:
    kind: files
    path: ${name}.csv
    streams:
      - { entity: deals, key: id, ${more} fields: { amount: sum${more ? ', is_deleted: gone, updated_at: at' : ''} } }
`);
  return run?.streams[0];
};
const there = async (name: string) =>
  (
    await bench.rows<{ id: string }>(
      `select source_id as id from core.fct_deals where source = '${name}' and not is_deleted order by 1`,
    )
  )
    .map(({ id }) => id)
    .join(' ');

test('what a full load no longer has is marked, kept, and comes back with the row', async () => {
  await load('full', 'id,sum\n1,1\n2,2\n3,3\n');
  expect(await load('full', 'id,sum\n1,1\n3,3\n')).toMatchObject({ deleted: 1, unchanged: 2 });
  expect(await there('full')).toBe('1 3');
  expect(await bench.rows(`select count(*)::int as n from core.fct_deals where source = 'full'`)).toEqual([
    { n: 3 },
  ]);
  expect(await load('full', 'id,sum\n1,1\n2,2\n3,3\n')).toMatchObject({ updated: 1, deleted: 0 });
  expect(await there('full')).toBe('1 2 3');
});

test('a row that is there but not understood has not vanished', async () => {
  expect(await load('full', 'id,sum\n1,1\n2,what\n3,3\n')).toMatchObject({ quarantined: 1, deleted: 0 });
  expect(await there('full')).toBe('1 2 3');
});

test('an incremental load takes for deleted what says so, and nothing else', async () => {
  const more = 'cursor: at,';
  await load('steps', 'id,sum,gone,at\n1,1,,2025-01-01\n2,2,,2025-01-01\n3,3,,2025-01-01\n', more);
  expect(await load('steps', 'id,sum,gone,at\n2,2,yes,2025-01-02\n', more)).toMatchObject({
    is_full: false,
    read: 1,
    updated: 1,
    deleted: 0,
  });
  expect(await there('steps')).toBe('1 3');
});
