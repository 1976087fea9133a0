import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';
import { csvSource } from '../etl/company.ts';

// Promise 1: read = inserted + updated + unchanged + duplicate + quarantined, for every run and stream.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const fields =
  '{ source_id: id, created_at: created, closed_at: closed, status: { from: state, map: { W: won, L: lost, O: open } }, owner_id: manager, customer_id: client, amount: sum, stage_id: stage, updated_at: changed }';
const load = async (...rows: string[]) => {
  bench.write('deals.csv', `id,created,closed,state,manager,client,sum,stage,changed\n${rows.join('\n')}\n`);
  const [run] = await bench.load(csvSource('crm', 'deals', 'deals.csv', fields));
  return run?.streams[0];
};
const first = [
  '1,2025-01-10,2025-01-20,W,Anna,Acme,100,Done,2025-01-20T10:00:00Z',
  '2,2025-01-11,,O,Boris,Acme,"1 234,56 ₽",Talk,2025-01-11T10:00:00Z',
  '2,2025-01-11,,O,Boris,Acme,1300,Talk,2025-01-12T10:00:00Z',
  '3,2025-02-31,,O,Anna,Beta,5,Talk,2025-01-11T10:00:00Z',
  '6,2025-01-13,2025-01-30',
  '7,13.01.2025 09:30,,O,,,,Talk,2025-01-13T10:00:00Z',
];

test('a first load: new rows, a key that comes again, rows that are not understood', async () => {
  expect(await load(...first)).toMatchObject({
    read: 6,
    inserted: 3,
    updated: 0,
    unchanged: 0,
    duplicate: 1,
    quarantined: 2,
  });
  expect(
    await bench.rows('select source_id, amount, created_at, status from core.fct_deals order by source_id'),
  ).toEqual([
    { source_id: '1', amount: '100', created_at: new Date('2025-01-09T21:00:00Z'), status: 'won' },
    { source_id: '2', amount: '1300', created_at: new Date('2025-01-10T21:00:00Z'), status: 'open' },
    { source_id: '7', amount: null, created_at: new Date('2025-01-13T06:30:00Z'), status: 'open' },
  ]);
});

test('what is only named becomes a record, which no count holds', async () => {
  expect(await bench.rows('select name, is_inferred from core.dim_employees order by name')).toEqual([
    { name: 'Anna', is_inferred: true },
    { name: 'Boris', is_inferred: true },
  ]);
  expect(await bench.rows('select name, kind from core.dim_stages order by name')).toEqual([
    { name: 'Done', kind: 'won' },
    { name: 'Talk', kind: 'open' },
  ]);
});

test('a second load: each of the six counts at once, and what vanished beside them', async () => {
  expect(
    await load(
      '1,2025-01-10,2025-01-20,W,Anna,Acme,100,Done,2025-01-20T10:00:00Z',
      '2,2025-01-11,2025-02-01,W,Anna,Acme,1400,Done,2025-02-01T10:00:00Z',
      '2,2025-01-11,,O,Anna,Acme,1,Talk,2025-01-02T10:00:00Z',
      '8,2025-02-02,,O,Anna,Acme,1,Talk,2025-02-02T10:00:00Z',
      '9,2025-02-02,,O,Anna,Acme,what,Talk,2025-02-02T10:00:00Z',
    ),
  ).toMatchObject({
    read: 5,
    inserted: 1,
    updated: 1,
    unchanged: 1,
    duplicate: 1,
    quarantined: 1,
    deleted: 1,
  });
});

test('rows without an id repeat within a file, and stay the same over files and loads', async () => {
  bench.write('ads/jan.csv', 'day,camp,cost\n2025-01-01,A,10\n2025-01-01,A,5\n2025-01-02,A,7\n');
  bench.write('ads/feb.csv', 'day,camp,cost\n2025-01-02,A,8\n2025-02-01,A,1\n');
  const source = csvSource(
    'ads',
    'marketing_spend',
    'ads/*.csv',
    '{ day: day, campaign_id: camp, cost: cost }',
  );
  const [run] = await bench.load(source);
  expect(run?.streams[0]).toMatchObject({ read: 5, inserted: 4, duplicate: 1 });
  expect(
    await bench.rows(
      'select day::text, sum(cost)::int as cost from core.fct_marketing_spend group by 1 order by 1',
    ),
  ).toEqual([
    { day: '2025-01-01', cost: 15 },
    { day: '2025-01-02', cost: 7 },
    { day: '2025-02-01', cost: 1 },
  ]);
  const [again] = await bench.load(source);
  expect(again?.streams[0]).toMatchObject({ inserted: 0, updated: 0, unchanged: 4 });
});

test('the record of each run adds up, and each run is a new data version', async () => {
  expect(
    await bench.rows(
      'select * from ops.run_streams where read <> inserted + updated + unchanged + duplicate + quarantined',
    ),
  ).toEqual([]);
  expect(await bench.rows('select count(*)::int as n from ops.run_streams where read > 0')).toEqual([
    { n: 4 },
  ]);
  expect(await bench.rows('select version::int from ops.data_version')).toEqual([{ version: 4 }]);
});
