import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';

// Promise 6: changes of stage, owner, status and amount are kept, so that last month's report can be made again.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const load = async (...rows: string[]) => {
  bench.write('deals.csv', `id,created,closed,state,who,sum,stage,at\n${rows.join('\n')}\n`);
  const [run] = await bench.load(`  crm:
    kind: files
    path: deals.csv
    streams:
      - entity: deals
        key: id
        fields: { created_at: created, closed_at: closed, status: state, owner_id: who, amount: sum, stage_id: stage, updated_at: at }
`);
  expect(run?.status).toBe('succeeded');
};
/** What a report by manager and status said at the end of that day. */
const report = (moment: string) =>
  bench.rows(
    `select e.name as who, v.status, count(*)::int as deals, sum(v.amount)::int as sum
     from core.deal_versions v join core.dim_employees e on e.employee_key = v.owner_key
     where v.valid_from <= '${moment}' and v.valid_to > '${moment}' group by 1, 2 order by 1, 2`,
  );

test('a report of an earlier day is made again as it was, after owners, sums, stages and states have changed', async () => {
  await load(
    '1,2025-01-05,,open,Anna,100,Talk,2025-01-05',
    '2,2025-01-06,,open,Boris,200,Talk,2025-01-06',
    '3,2025-01-07,,open,Anna,300,Talk,2025-01-07',
  );
  const january = await report('2025-01-31');
  expect(january).toEqual([
    { who: 'Anna', status: 'open', deals: 2, sum: 400 },
    { who: 'Boris', status: 'open', deals: 1, sum: 200 },
  ]);
  await load(
    '1,2025-01-05,2025-02-10,won,Anna,150,Done,2025-02-10',
    '2,2025-01-06,,open,Anna,200,Offer,2025-02-11',
    '3,2025-01-07,,open,Anna,300,Talk,2025-01-07',
  );
  const february = await report('2025-02-28');
  await load(
    '1,2025-01-05,2025-02-10,won,Boris,150,Done,2025-03-10',
    '2,2025-01-06,2025-03-11,lost,Anna,250,Lost,2025-03-11',
    '3,2025-01-07,,open,Anna,301,Talk,2025-03-12',
  );
  expect(await report('2025-01-31')).toEqual(january);
  expect(await report('2025-02-28')).toEqual(february);
  expect(february).toEqual([
    { who: 'Anna', status: 'open', deals: 2, sum: 500 },
    { who: 'Anna', status: 'won', deals: 1, sum: 150 },
  ]);
});

test('stages that were entered unseen are inferred from the changes, and marked so', async () => {
  const events = await bench.rows(
    `select deal_id, stage_id, entered_at::date::text as day, is_inferred from core.fct_deal_stage_events
     where deal_id = '2' order by entered_at`,
  );
  expect(events).toEqual([
    { deal_id: '2', stage_id: 'Offer', day: '2025-02-10', is_inferred: true },
    { deal_id: '2', stage_id: 'Lost', day: '2025-03-10', is_inferred: true },
  ]);
});
