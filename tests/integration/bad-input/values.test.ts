import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mergeRules } from '../../../etl/merge-rules.ts';
import { reasons } from '../../../etl/reasons.ts';
import { readConfig } from '../../../etl/config.ts';
import { previewSources } from '../../../etl/preview.ts';
import { join } from 'node:path';
import { openBench, type Bench } from './case.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

const dealFields =
  '{ source_id: id, created_at: created, closed_at: closed, status: { from: state, default: open }, amount: sum, stage_id: stage, updated_at: changed }';
let count = 0;
/** Rows of deals with the cells that a case is about. */
async function deals(rows: Record<string, string>[], fields = dealFields, more?: string) {
  const columns = ['id', 'created', 'closed', 'state', 'sum', 'stage', 'changed'];
  const quote = (text = ''): string => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row, i) =>
    columns.map((c) => quote(row[c] ?? (c === 'id' ? `${i + 1}` : ''))).join(','),
  );
  const file = `deals${++count}.csv`;
  bench.write(file, `${columns.join(',')}\n${lines.join('\n')}\n`);
  const name = `deals${count}`;
  const outcome = await bench.take('deals', file, fields, more, name);
  const found = await bench.rows<{
    id: string;
    amount: string | null;
    status: string;
    created_at: Date;
    closed_at: Date;
  }>(
    `select source_id as id, amount::text, status, created_at, closed_at from core.fct_deals where source = '${name}' order by source_id::int`,
  );
  return { ...outcome, name, deals: found };
}

describe('money', () => {
  const understood: [text: string, amount: string][] = [
    ['1 234,56 ₽', '1234.56'],
    ['1\u00a0234,56\u00a0₽', '1234.56'],
    ['1\u2009234,56', '1234.56'],
    ['1\u202f234,56', '1234.56'],
    ["1'234.56", '1234.56'],
    ['1’234.56', '1234.56'],
    ['(1 234,56)', '-1234.56'],
    ['($1,234.56)', '-1234.56'],
    ['1 234,56-', '-1234.56'],
    ['-1 234,56 руб.', '-1234.56'],
    ['−1234.56', '-1234.56'],
    ['€1.234,56', '1234.56'],
    ['1.234,56 EUR', '1234.56'],
    ['$1,234,567.89', '1234567.89'],
    ['1.234.567', '1234567'],
    ['USD 12', '12'],
    ['1 234 рублей', '1234'],
    ['0012.50', '12.50'],
  ];
  test('is understood in the forms that people write', async () => {
    const got = await deals(understood.map(([sum]) => ({ sum })));
    expect(got.quarantine).toEqual([]);
    expect(got.deals.map(({ amount }, i) => [understood[i]?.[0], amount])).toEqual(understood);
  });

  const refused = [
    'NaN',
    'Infinity',
    '-inf',
    '1,234',
    '12 apples',
    '1e99999',
    '0x10',
    '--5',
    '1.2.3',
    '№5',
    '10%',
  ];
  test.each(refused)('%s is not', async (sum) => {
    const got = await deals([{ sum }, { sum: '1' }]);
    expect(got.counts).toMatchObject({ read: 2, inserted: 1, quarantined: 1 });
    expect(got.quarantine).toMatchObject([{ field: 'amount', value: sum, reason: reasons.number }]);
  });
});

describe('dates', () => {
  test('that do not exist wait in quarantine', async () => {
    const got = await deals([
      { created: '31.02.2025' },
      { created: '2025-02-30' },
      { created: '28.02.2025' },
    ]);
    expect(got.quarantine.map(({ field, reason }) => [field, reason])).toEqual([
      ['created_at', reasons.date],
      ['created_at', reasons.date],
    ]);
  });

  test('whose day and month could be either are asked about, not guessed', async () => {
    const either = [{ created: '03/04/2025' }, { created: '05/06/2025' }, { created: '12/13/2025' }];
    const got = await deals(either);
    expect(got.counts).toMatchObject({ read: 3, inserted: 0, quarantined: 3 });
    expect(new Set(got.quarantine.map(({ reason }) => reason))).toEqual(new Set([reasons.order]));

    const config = readConfig(join(bench.folder, 'pulse.yaml'));
    const [preview] = await previewSources(config, { warehouseUrl: bench.database.url });
    expect(preview?.problems).toMatchObject([{ field: 'created_at', rows: 3, reason: reasons.order }]);

    const told = dealFields.replace(
      'created_at: created',
      'created_at: { from: created, format: MM/dd/yyyy }',
    );
    const declared = await deals(either, told);
    expect(declared.deals.map(({ created_at }) => created_at.toISOString().slice(0, 10))).toEqual([
      '2025-03-03',
      '2025-05-05',
      '2025-12-12',
    ]);
  });

  test('in the future, of what has happened, wait in quarantine', async () => {
    const soon = new Date(Date.now() + 3 * 3_600_000).toISOString();
    const got = await deals([{ created: '2099-01-01' }, { created: soon }]);
    expect(got.quarantine).toMatchObject([
      { field: 'created_at', value: '2099-01-01', reason: reasons.future },
    ]);
  });
});

describe('what cannot be', () => {
  test('a deal closed before it was created counts, without the day of its creation', async () => {
    const got = await deals([
      { created: '2025-03-10', closed: '2025-03-01', state: 'won', sum: '100' },
      { created: '2025-03-10 15:00', closed: '2025-03-10', state: 'won', sum: '10' },
    ]);
    expect(got.counts).toMatchObject({ inserted: 2, quarantined: 0 });
    expect(got.rules).toMatchObject({ 'closed_at lies before created_at: created_at was left out': 1 });
    expect(got.deals).toMatchObject([
      { amount: '100', created_at: null, closed_at: new Date('2025-02-28T21:00:00Z') },
      { amount: '10', created_at: new Date('2025-03-10T12:00:00Z') },
    ]);
  });

  test('a stage that nobody declared becomes one, which the run names', async () => {
    const got = await deals([{ stage: 'Talk' }, { stage: 'Talk' }, { stage: 'Sign' }]);
    expect(got.rules).toMatchObject({ [mergeRules.named('stages')]: 2 });
    expect(
      await bench.rows(
        `select name, is_inferred from core.dim_stages where source = '${got.name}' order by 1`,
      ),
    ).toEqual([
      { name: 'Sign', is_inferred: true },
      { name: 'Talk', is_inferred: true },
    ]);
  });

  test('a key that comes again keeps its newest row, else its last', async () => {
    const got = await deals([
      { id: '1', sum: '1', changed: '2025-01-02' },
      { id: '1', sum: '2', changed: '2025-01-01' },
      { id: '2', sum: '3' },
      { id: '2', sum: '4' },
    ]);
    expect(got.counts).toMatchObject({ read: 4, inserted: 2, duplicate: 2 });
    expect(got.rules).toMatchObject({ [mergeRules.key]: 2 });
    expect(got.deals).toMatchObject([{ amount: '1' }, { amount: '4' }]);
  });

  test('negative durations and scores out of range wait in quarantine', async () => {
    bench.write(
      'calls.csv',
      'id,at,way,end,secs\n1,2025-01-01,in,answered,-5\n2,2025-01-01,in,answered,5\n3,2025-01-01,sideways,answered,5\n',
    );
    const calls = await bench.take(
      'calls',
      'calls.csv',
      '{ source_id: id, started_at: at, direction: way, disposition: end, duration_s: secs }',
    );
    expect(calls.quarantine).toMatchObject([
      { field: 'duration_s', value: '-5', reason: 'outside the range: at least 0' },
      { field: 'direction', value: 'sideways' },
    ]);
    bench.write('nps.csv', 'id,at,score\n1,2025-01-01,11\n2,2025-01-01,-1\n3,2025-01-01,10\n');
    const nps = await bench.take(
      'survey_responses',
      'nps.csv',
      '{ source_id: id, answered_at: at, score: score }',
    );
    expect(nps.counts).toMatchObject({ inserted: 1, quarantined: 2 });
  });

  test('teams above themselves hang nothing, and the run names them', async () => {
    bench.write('teams.csv', 'id,name,above\na,A,b\nb,B,c\nc,C,a\nd,D,d\ne,E,a\nf,F,\n');
    bench.write('plans.csv', 'month,metric,kind,scope,target\n2025-01,won_amount,team,A,100\n');
    bench.write('staff.csv', 'id,name,team\n1,Anna,e\n');
    const [run] = await bench.load(`  round:
    kind: files
    path: .
    streams:
      - { from: teams.csv, entity: teams, fields: { source_id: id, name: name, parent_id: above } }
      - { from: staff.csv, entity: employees, fields: { source_id: id, name: name, team_id: team } }
      - { from: plans.csv, entity: plans, fields: { month: month, metric: metric, scope_kind: kind, scope: scope, target: target } }
`);
    expect(run?.status).toBe('succeeded');
    const [named] = await bench.rows<{ rules: Record<string, number> }>(
      `select detected -> 'rules' as rules from ops.run_streams where entity = 'teams' order by run_id desc limit 1`,
    );
    expect(named?.rules).toEqual({ [mergeRules.circle]: 4 });
    expect(await bench.rows(`select scope, plan::int from core.fct_plan_fact where scope = 'A'`)).toEqual([
      { scope: 'A', plan: 100 },
    ]);
  });
});

describe('a clock that runs ahead', () => {
  const source = (name: string) => `  ${name}:
    kind: files
    path: ahead.csv
    streams:
      - { entity: deals, key: id, cursor: changed, fields: { amount: sum, updated_at: changed } }
`;
  test('neither moves the cursor past what comes later, nor keeps true changes out', async () => {
    const hour = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();
    const past = hour(-48);
    bench.write('ahead.csv', `id,sum,changed\n1,1,${past}\n2,2,2099-01-01T00:00:00Z\n3,3,${hour(5)}\n`);
    const [first] = await bench.load(source('ahead'));
    const got = await bench.outcome(first);
    expect(got.rules).toMatchObject({ [mergeRules.clock]: 2 });
    expect(await bench.rows(`select cursor from ops.cursors where source = 'ahead'`)).toEqual([
      { cursor: past },
    ]);

    const [again] = await bench.load(source('ahead'));
    expect(again?.streams[0]).toMatchObject({ inserted: 0, updated: 0, unchanged: 3 });

    bench.write('ahead.csv', `id,sum,changed\n2,20,${new Date().toISOString()}\n`);
    await bench.load(source('ahead'));
    expect(
      await bench.rows(
        `select amount::int as amount from core.fct_deals where source = 'ahead' and source_id = '2'`,
      ),
    ).toEqual([{ amount: 20 }]);
  });
});
