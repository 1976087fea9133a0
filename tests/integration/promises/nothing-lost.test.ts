import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, type Bench } from '../bad-input/case.ts';
import { csvSource } from '../etl/company.ts';

// Promise 2: what cannot be understood waits in quarantine with the row, its place, the field and a reason; once the
// mapping is mended it is tried again.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const waiting = (source: string) =>
  bench.rows(
    `select field, value, reason from ops.quarantine where resolved_at is null and source = '${source}' order by position`,
  );

describe('a row that cannot be understood', () => {
  const header = 'id,created,state,client,sum\n';
  const load = async (...rows: string[]) => {
    bench.write('deals.csv', `${header}${rows.join('\n')}\n`);
    const [run] = await bench.load(
      csvSource(
        'crm',
        'deals',
        'deals.csv',
        '{ source_id: id, created_at: created, status: { from: state, map: { W: won, O: open } }, customer_id: client, amount: sum }',
      ),
    );
    return run?.streams[0];
  };
  const bad = ['3,2025-02-31,O,Beta,5', '4,2025-01-12,Hmm,Beta,5', '5,2025-01-12,O,Beta,NaN'];

  test('is kept whole, with its place, field, value and reason', async () => {
    await load('1,2025-01-10,W,Acme,100', ...bad, ',2025-01-12,O,Beta,5', '6,2025-01-13');
    expect(
      await bench.rows(
        `select position, field, value, reason, row ->> 'client' as client from ops.quarantine order by position`,
      ),
    ).toMatchObject([
      { position: 'deals.csv:3', field: 'created_at', value: '2025-02-31', client: 'Beta' },
      { field: 'status', value: 'Hmm', reason: 'none of open, won, lost; add it to «map»', client: 'Beta' },
      { position: 'deals.csv:5', field: 'amount', value: 'NaN', client: 'Beta' },
      { field: 'source_id', value: null, reason: 'required, and there is nothing', client: 'Beta' },
      { position: 'deals.csv:7', field: '', reason: 'the row has 2 cells, the header 5' },
    ]);
  });

  test('waits once, however often it is read', async () => {
    await load('1,2025-01-10,W,Acme,100', ...bad);
    await load('1,2025-01-10,W,Acme,100', ...bad);
    expect(await waiting('crm')).toHaveLength(3);
    const [all] = await bench.rows<{ n: number }>(
      `select count(*)::int as n from ops.quarantine where source = 'crm'`,
    );
    expect(all?.n).toBe(5);
  });

  test('is settled when it is mended in the source', async () => {
    expect(await load('1,2025-01-10,W,Acme,100', '3,2025-02-28,O,Beta,5', bad[1] ?? '')).toMatchObject({
      inserted: 1,
      quarantined: 1,
    });
    expect(await waiting('crm')).toMatchObject([{ field: 'status', value: 'Hmm' }]);
  });

  test('is tried again after the mapping was mended, without reading the source', async () => {
    bench.write('nps.csv', 'id,at,score\n1,01/02/2025,9\n2,01/02/2025,11\n');
    const source = (at: string) =>
      csvSource('nps', 'survey_responses', 'nps.csv', `{ source_id: id, answered_at: ${at}, score: score }`);
    const [first] = await bench.load(source('at'));
    expect(first?.streams[0]).toMatchObject({ read: 2, quarantined: 2, inserted: 0 });
    bench.write('nps.csv', 'nothing of this is read\n');
    const [second] = await bench.load(source('{ from: at, format: "dd/MM/yyyy" }'), { isRetry: true });
    expect(second?.streams[0]).toMatchObject({ read: 2, quarantined: 1, inserted: 1 });
    expect(await bench.rows(`select answered_at, score::int from core.fct_survey_responses`)).toEqual([
      { answered_at: new Date('2025-01-31T21:00:00Z'), score: 9 },
    ]);
    expect(await waiting('nps')).toEqual([
      { field: 'score', value: '11', reason: 'outside the range: at least 0 and at most 10' },
    ]);
  });
});

describe('money in another currency', () => {
  const rates = csvSource('bank', 'fx_rates', 'rates.csv', '{ day: day, currency: currency, rate: rate }');
  const cash = csvSource(
    'cash',
    'payments',
    'pay.csv',
    '{ source_id: id, paid_at: at, amount: sum, currency: cur }',
  );

  test('takes the rate of the day or the nearest earlier one; without any it waits', async () => {
    bench.write('rates.csv', 'day,currency,rate\n2025-01-01,USD,100\n2025-01-10,USD,90\n');
    bench.write(
      'pay.csv',
      'id,at,sum,cur\n1,2025-01-05,10,USD\n2,2025-01-15,10,usd\n3,2025-01-15,10,EUR\n4,2025-01-15,10,\n5,2024-12-31,10,USD\n',
    );
    const [, pay] = await bench.load(rates + cash);
    expect(pay?.streams[0]).toMatchObject({ read: 5, inserted: 3, quarantined: 2 });
    expect(await bench.rows('select source_id, amount::int from core.fct_payments order by 1')).toEqual([
      { source_id: '1', amount: 1000 },
      { source_id: '2', amount: 900 },
      { source_id: '4', amount: 10 },
    ]);
    expect(await waiting('cash')).toMatchObject([
      { value: 'EUR', field: 'currency' },
      { value: 'USD', field: 'currency' },
    ]);
  });

  test('is tried again by itself when rates arrive', async () => {
    bench.write('rates.csv', 'day,currency,rate\n2024-12-01,USD,80\n2025-01-01,USD,100\n2025-01-10,USD,90\n');
    const runs = await bench.load(cash + rates);
    expect(runs.map(({ source }) => source)).toEqual(['bank', 'cash', 'cash']);
    expect(await bench.rows(`select amount::int from core.fct_payments where source_id = '5'`)).toEqual([
      { amount: 800 },
    ]);
    expect(await waiting('cash')).toMatchObject([{ value: 'EUR' }]);
  });
});
