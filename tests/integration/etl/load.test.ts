import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvSource, openCompany, type Company } from './company.ts';

const fields =
  '{ source_id: id, created_at: created, closed_at: closed, status: { from: state, map: { W: won, L: lost, O: open } }, owner_id: manager, customer_id: client, amount: sum, stage_id: stage, updated_at: changed }';
const header = 'id,created,closed,state,manager,client,sum,stage,changed\n';
const deals = (name = 'crm') => csvSource(name, 'deals', 'deals.csv', fields);

let company: Company;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.database.drop());

const read = <T extends object>(sql: string) => company.database.query<T & Record<string, unknown>>(sql);

describe('one stream, loaded again and again', () => {
  test('accounts for every row and creates what is only named', async () => {
    company.write(
      'deals.csv',
      `${header}1,2025-01-10,2025-01-20,W,Anna,Acme,100,Done,2025-01-20T10:00:00Z
2,2025-01-11,,O,Boris,Acme,"1 234,56 ₽",Talk,2025-01-11T10:00:00Z
2,2025-01-11,,O,Boris,Acme,1300,Talk,2025-01-12T10:00:00Z
3,2025-02-31,,O,Anna,Beta,5,Talk,2025-01-11T10:00:00Z
4,2025-01-12,,Hmm,Anna,Beta,5,Talk,2025-01-11T10:00:00Z
5,2025-01-12,,O,Anna,Beta,NaN,Talk,2025-01-11T10:00:00Z
,2025-01-12,,O,Anna,Beta,5,Talk,2025-01-11T10:00:00Z
6,2025-01-13,2025-01-30
7,13.01.2025 09:30,,O,,,,Talk,2025-01-13T10:00:00Z
`,
    );
    const [run] = await company.load(deals());
    expect(run?.status).toBe('succeeded');
    expect(run?.streams[0]).toMatchObject({
      read: 9,
      inserted: 3,
      updated: 0,
      unchanged: 0,
      duplicate: 1,
      quarantined: 5,
    });
    const rows = await read(
      'select source_id, amount, created_at, status from core.fct_deals order by source_id',
    );
    expect(rows).toEqual([
      { source_id: '1', amount: '100', created_at: new Date('2025-01-09T21:00:00Z'), status: 'won' },
      { source_id: '2', amount: '1300', created_at: new Date('2025-01-10T21:00:00Z'), status: 'open' },
      { source_id: '7', amount: null, created_at: new Date('2025-01-13T06:30:00Z'), status: 'open' },
    ]);
    expect(await read('select name, is_inferred from core.dim_employees order by name')).toEqual([
      { name: 'Anna', is_inferred: true },
      { name: 'Boris', is_inferred: true },
    ]);
    expect(await read('select name, kind from core.dim_stages order by name')).toEqual([
      { name: 'Done', kind: 'won' },
      { name: 'Talk', kind: 'open' },
    ]);
  });

  test('keeps what it cannot understand with place, field and reason', async () => {
    const rows = await read(
      "select position, field, value, reason, row ->> 'client' as client from ops.quarantine order by position",
    );
    expect(rows).toMatchObject([
      { position: 'deals.csv:5', field: 'created_at', value: '2025-02-31', client: 'Beta' },
      {
        position: 'deals.csv:6',
        field: 'status',
        value: 'Hmm',
        reason: 'none of open, won, lost; add it to «map»',
      },
      { position: 'deals.csv:7', field: 'amount', value: 'NaN' },
      { position: 'deals.csv:8', field: 'source_id', value: null, reason: 'required, and there is nothing' },
      { position: 'deals.csv:9', field: '', reason: 'the row has 3 cells, the header 9' },
    ]);
  });

  test('changes nothing the second time', async () => {
    const before = await read('select * from core.fct_deals order by source_id');
    const [run] = await company.load(deals());
    expect(run?.streams[0]).toMatchObject({
      read: 9,
      inserted: 0,
      updated: 0,
      unchanged: 3,
      duplicate: 1,
      quarantined: 5,
    });
    expect(await read('select * from core.fct_deals order by source_id')).toEqual(before);
    expect(await read('select count(*)::int as n from ops.quarantine')).toEqual([{ n: 5 }]);
  });

  test('an older version never overwrites a newer one; a newer one is kept with its history', async () => {
    company.write(
      'deals.csv',
      `${header}1,2025-01-10,2025-01-20,W,Anna,Acme,7,Done,2025-01-01T10:00:00Z
2,2025-01-11,2025-02-01,W,Anna,Acme,1400,Done,2025-02-01T10:00:00Z
`,
    );
    const [run] = await company.load(deals());
    expect(run?.streams[0]).toMatchObject({ read: 2, updated: 1, unchanged: 1, deleted: 1, quarantined: 0 });
    expect(await read('select source_id, amount::int, is_deleted from core.fct_deals order by 1')).toEqual([
      { source_id: '1', amount: 100, is_deleted: false },
      { source_id: '2', amount: 1400, is_deleted: false },
      { source_id: '7', amount: null, is_deleted: true },
    ]);
    const history = await read(
      `select h.status, h.amount::int, e.name as owner, valid_to = 'infinity' as is_last
       from core.deal_versions h join core.dim_employees e on e.employee_key = h.owner_key
       where h.source_id = '2' order by valid_from`,
    );
    expect(history).toEqual([
      { status: 'open', amount: 1300, owner: 'Boris', is_last: false },
      { status: 'won', amount: 1400, owner: 'Anna', is_last: true },
    ]);
    const events = await read(
      `select stage_id, is_inferred, entered_at from core.fct_deal_stage_events where deal_id = '2'`,
    );
    expect(events).toEqual([
      { stage_id: 'Done', is_inferred: true, entered_at: new Date('2025-02-01T10:00:00Z') },
    ]);
  });

  test('what was in quarantine and is gone from a full load is resolved', async () => {
    expect(await read('select count(*)::int as n from ops.quarantine where resolved_at is null')).toEqual([
      { n: 0 },
    ]);
  });

  test('each run adds up, and each success is a new data version', async () => {
    const wrong = await read(
      'select * from ops.run_streams where read <> inserted + updated + unchanged + duplicate + quarantined',
    );
    expect(wrong).toEqual([]);
    expect(await read(`select version::int from ops.data_version`)).toEqual([{ version: 3 }]);
  });
});

describe('a source that breaks', () => {
  test('stops neither the others nor keeps half of itself', async () => {
    company.write('deals.csv', `${header}9,2025-03-01,,O,Anna,Acme,1,Talk,2025-03-01T00:00:00Z\n`);
    company.write('broken.csv', 'id,name\n1,x\n');
    const broken = csvSource('aaa', 'customers', 'broken.csv', '{ source_id: id, name: nom }');
    const runs = await company.load(`${broken}${deals('crm2')}`);
    expect(runs.map(({ source, status }) => [source, status])).toEqual([
      ['aaa', 'failed'],
      ['crm2', 'succeeded'],
    ]);
    expect(runs[0]?.error).toBe('broken.csv has no column «nom»; it has id, name');
    expect(await read(`select failures, fresh_at from ops.sources where source = 'aaa'`)).toEqual([
      { failures: 1, fresh_at: null },
    ]);
    expect(await read(`select count(*)::int as n from core.dim_customers where source = 'aaa'`)).toEqual([
      { n: 0 },
    ]);
  });
});

describe('the mapping mended', () => {
  test('lets the quarantine be tried again without reading the source', async () => {
    company.write('nps.csv', 'id,at,score\n1,01/02/2025,9\n2,01/02/2025,11\n');
    const source = (at: string) =>
      csvSource('nps', 'survey_responses', 'nps.csv', `{ source_id: id, answered_at: ${at}, score: score }`);
    const [first] = await company.load(source('at'));
    expect(first?.streams[0]).toMatchObject({ read: 2, quarantined: 2, inserted: 0 });
    const [second] = await company.load(source('{ from: at, format: "dd/MM/yyyy" }'), { isRetry: true });
    expect(second?.streams[0]).toMatchObject({ read: 2, quarantined: 1, inserted: 1 });
    expect(await read(`select answered_at, score::int from core.fct_survey_responses`)).toEqual([
      { answered_at: new Date('2025-01-31T21:00:00Z'), score: 9 },
    ]);
    expect(
      await read(
        `select field, value, reason from ops.quarantine where resolved_at is null and source = 'nps'`,
      ),
    ).toEqual([{ field: 'score', value: '11', reason: 'outside the range: at least 0 and at most 10' }]);
  });
});

describe('money in another currency', () => {
  test('takes the rate of the day or the nearest earlier one; without any it waits in quarantine', async () => {
    company.write('rates.csv', 'day,currency,rate\n2025-01-01,USD,100\n2025-01-10,USD,90\n');
    company.write(
      'pay.csv',
      'id,at,sum,cur\n1,2025-01-05,10,USD\n2,2025-01-15,10,usd\n3,2025-01-15,10,EUR\n4,2025-01-15,10,\n5,2024-12-31,10,USD\n',
    );
    const [, pay] = await company.load(
      csvSource('bank', 'fx_rates', 'rates.csv', '{ day: day, currency: currency, rate: rate }') +
        csvSource(
          'cash',
          'payments',
          'pay.csv',
          '{ source_id: id, paid_at: at, amount: sum, currency: cur }',
        ),
    );
    expect(pay?.streams[0]).toMatchObject({ read: 5, inserted: 3, quarantined: 2 });
    expect(await read('select source_id, amount::int from core.fct_payments order by 1')).toEqual([
      { source_id: '1', amount: 1000 },
      { source_id: '2', amount: 900 },
      { source_id: '4', amount: 10 },
    ]);
    expect(
      await read(`select value, field from ops.quarantine where source = 'cash' order by value`),
    ).toEqual([
      { value: 'EUR', field: 'currency' },
      { value: 'USD', field: 'currency' },
    ]);
  });

  test('is tried again by itself when rates arrive', async () => {
    company.write(
      'rates.csv',
      'day,currency,rate\n2024-12-01,USD,80\n2025-01-01,USD,100\n2025-01-10,USD,90\n',
    );
    const runs = await company.load(
      csvSource('cash', 'payments', 'pay.csv', '{ source_id: id, paid_at: at, amount: sum, currency: cur }') +
        csvSource('bank', 'fx_rates', 'rates.csv', '{ day: day, currency: currency, rate: rate }'),
    );
    expect(runs.map(({ source }) => source)).toEqual(['bank', 'cash', 'cash']);
    expect(await read(`select amount::int from core.fct_payments where source_id = '5'`)).toEqual([
      { amount: 800 },
    ]);
    expect(
      await read(`select value from ops.quarantine where source = 'cash' and resolved_at is null`),
    ).toEqual([{ value: 'EUR' }]);
  });
});

describe('rows without an id', () => {
  test('repeat within a file, and stay the same over files and loads', async () => {
    company.write('ads/jan.csv', 'day,camp,cost\n2025-01-01,A,10\n2025-01-01,A,5\n2025-01-02,A,7\n');
    company.write('ads/feb.csv', 'day,camp,cost\n2025-01-02,A,8\n2025-02-01,A,1\n');
    const source = csvSource(
      'ads',
      'marketing_spend',
      'ads/*.csv',
      '{ day: day, campaign_id: camp, cost: cost }',
    );
    const [run] = await company.load(source);
    expect(run?.streams[0]).toMatchObject({ read: 5, inserted: 4, duplicate: 1 });
    expect(
      await read(
        'select day::text, sum(cost)::int as cost from core.fct_marketing_spend group by 1 order by 1',
      ),
    ).toEqual([
      { day: '2025-01-01', cost: 15 },
      { day: '2025-01-02', cost: 7 },
      { day: '2025-02-01', cost: 1 },
    ]);
    const [again] = await company.load(source);
    expect(again?.streams[0]).toMatchObject({ inserted: 0, updated: 0, unchanged: 4 });
  });
});

describe('texts that JSON escapes', () => {
  test('a NUL disappears, a backslash before u0000 stays', async () => {
    company.write(
      'odd.jsonl',
      `${JSON.stringify({ id: 1, name: 'a\u0000b' })}\n${JSON.stringify({ id: 2, name: 'c\\u0000d' })}\n`,
    );
    const [run] = await company.load(
      csvSource('odd', 'products', 'odd.jsonl', '{ source_id: id, name: name }'),
    );
    expect(run).toMatchObject({ status: 'succeeded' });
    expect(await read(`select name from core.dim_products where source = 'odd' order by source_id`)).toEqual([
      { name: 'ab' },
      { name: 'c\\u0000d' },
    ]);
  });
});
