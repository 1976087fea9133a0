import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import writeXlsx from 'write-excel-file/node';
import { check, load as history, save, undo } from '../../src/lib/server/planning.ts';
import { readFile, readText } from '../../src/lib/server/planning/table.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { readConfig } from '../../etl/config.ts';
import { createLoads } from '../../src/worker/loads.ts';
import { log } from '../../src/lib/server/log.ts';
import type { Database } from '../harness/database.ts';
import { openCompany, viewerOf } from './settings-company.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

let database: Database;
let load: Awaited<ReturnType<typeof openCompany>>['load'];
const fallbacks = { metric: 'won_amount', year: 2026 };

beforeAll(async () => {
  ({ database, load } = await openCompany());
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'boss@example.com', 'admin')`,
  );
});

afterAll(async () => {
  await close();
  await database.drop();
});

const boss = viewerOf({ id: 'boss', email: 'boss@example.com' });
/** Plans as every page counts them, told by SQL alone. */
const plans = async (month: string) =>
  (
    await database.query<{ scope: string; metric: string; plan: string }>(
      'select scope, metric, plan from core.fct_plan_fact where month = $1 order by 2, 1',
      [month],
    )
  ).map(({ scope, metric, plan }) => [metric, scope, Number(plan)]);
const table = (text: string) => readText(text) ?? [];
const read = async (text: string) => {
  const preview = await check(table(text), fallbacks);
  if ('problem' in preview) throw new Error(preview.problem);
  return preview;
};

test('what is pasted is read line by line, and each mistake is named with its line', async () => {
  const preview = await read(
    [
      'Планы отдела\t\t\t\t',
      'Месяц\tПоказатель\tУровень\tКому\tПлан',
      'март 2025\tВыручка\tСотрудник\tанна \t1 200 000,50 ₽',
      '03.2025\tsales.deals_won\tКомпания\t\t12',
      '13.2025\tВыручка\tКомпания\t\t1',
      '2025-03\tСчастье\tКомпания\t\t1',
      '2025-03\tВыручка\tСотрудник\tАнн\t1',
      '2025-03\tВыручка\tСотрудник\t<img src=x>\t1',
      '2025-03\tВыручка\tПланета\tАнна\t1',
      '2025-03\tВыручка\tКомпания\t\t=1+1',
      'Mar-25\twon_amount\temployee\tАННА\t7',
    ].join('\r\n'),
  );
  expect(preview.lines.map(({ row, plan, fault }) => [row, plan?.target ?? fault?.code])).toEqual([
    [3, 1200000.5],
    [4, 12],
    [5, 'month'],
    [6, 'metric'],
    [7, 'scope'],
    [8, 'scope'],
    [9, 'level'],
    [10, 'value'],
    [11, 'twice'],
  ]);
  expect(preview.lines[0]).toMatchObject({ plan: { month: '2025-03-01', scope: 'Анна' }, before: 300000 });
  expect(preview.lines[4]?.fault).toMatchObject({ near: 'Анна' });
  expect(preview.lines[8]?.fault).toEqual({ code: 'twice', row: 3 });
});

test('months may be columns, in either language, and a workbook says the same as the text', async () => {
  const wide = [
    ['Employee', 'Jan 2026', 'февраль', '2026-03'],
    ['Анна', '1,200,000.50', '', '300'],
  ];
  const cells = wide.map((cells) => cells.map((value) => ({ value })));
  const book = await writeXlsx(cells as never, { buffer: true } as never);
  const bytes = Buffer.isBuffer(book) ? book : await (book as { toBuffer(): Promise<Buffer> }).toBuffer();
  const fromText = await check(table(wide.map((cells) => cells.join('\t')).join('\n')), fallbacks);
  const fromBook = await check((await readFile(bytes)) ?? [], fallbacks);
  expect(fromBook).toEqual(fromText);
  expect('lines' in fromText && fromText.lines.map(({ plan }) => [plan?.month, plan?.target])).toEqual([
    ['2026-01-01', 1200000.5],
    ['2026-03-01', 300],
  ]);
  expect(await readFile(Buffer.from('PK rubbish'))).toBeNull();
  for (const [text, problem] of [
    ['', 'no_table'],
    ['a\tb\nc\td', 'no_table'],
    ['Metric\tPlan\nWon amount\t1', 'no_month'],
    ['Month\tMetric\n2026-01\tLeads', 'no_value'],
  ] as const)
    expect(await check(table(text), fallbacks)).toEqual({ problem });
});

test('what is saved comes in by the load of every source, before the plans of a file, and goes when undone', async () => {
  const [before, untouched] = [await plans('2025-03-01'), await plans('2025-04-01')];
  const text =
    'Month;Metric;Level;Scope;Plan\n2025-03;Won amount;Employee;Анна;111000\n2025-03;Leads;;;40\n2025-03;No;;;1';
  expect(await save(boss, table(text), fallbacks)).toEqual({ saved: 2 });
  expect(await plans('2025-03-01')).toEqual(before);
  const loads = await createLoads(readConfig('tests/fixtures/golden/pulse.yaml'), database.url, log);
  await loads.tick();
  const [run] =
    await database.query(`select status, read, inserted from ops.runs join ops.run_streams using (run_id)
    where source = 'pulse_plans' and stream = 'plans' order by run_id desc limit 1`);
  expect(run).toMatchObject({ status: 'succeeded', read: 2, inserted: 2 });
  const held = before.map(([metric, scope, plan]) =>
    metric === 'won_amount' && scope === 'Анна' ? [metric, scope, 111000] : [metric, scope, plan],
  );
  expect(await plans('2025-03-01')).toEqual([['leads', '', 40], ...held]);

  expect(await save(boss, table('Месяц;Показатель;План\n2025-03;Лиды;55'), fallbacks)).toEqual({ saved: 1 });
  await load();
  expect((await plans('2025-03-01'))[0]).toEqual(['leads', '', 55]);
  expect('undone' in (await undo(boss))).toBe(true);
  await load();
  expect((await plans('2025-03-01'))[0]).toEqual(['leads', '', 40]);
  await undo(boss);
  await loads.tick();
  expect(await plans('2025-03-01')).toEqual(before);
  expect(await plans('2025-04-01')).toEqual(untouched);
  expect(await undo(boss)).toEqual({ problem: 'nothing_to_undo' });
  expect(await save(boss, table('Month;Metric;Plan\n2025-03;No;1'), fallbacks)).toEqual({
    problem: 'nothing',
  });
  const page = await history();
  expect(page.batches.map(({ lines, undone_by }) => [lines, undone_by])).toEqual([
    [1, 'boss@example.com'],
    [2, 'boss@example.com'],
  ]);
  await loads.stop();
});

test('a removed source of plans is back after a restart of the worker, and its figures with it', async () => {
  await save(boss, table('Month;Metric;Plan\n2025-03;Leads;77'), fallbacks);
  const loads = await createLoads(readConfig('tests/fixtures/golden/pulse.yaml'), database.url, log);
  const [source] = await database.query(
    `select is_configured, kind from ops.sources where source = 'pulse_plans'`,
  );
  expect(source).toEqual({ is_configured: true, kind: 'entered' });
  await loads.tick();
  await loads.stop();
  expect((await plans('2025-03-01'))[0]).toEqual(['leads', '', 77]);
});
