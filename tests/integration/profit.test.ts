import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import type { HomePage, ProfitView } from '../../src/lib/page.ts';
import * as home from '../../src/lib/server/home.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { parse } from '../../src/lib/state.ts';
import type { Viewer } from '../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { boss } from '../harness/viewer.ts';
import { company, secret, startCube, type Cube } from './cube/server.ts';

const folder = join(import.meta.dirname, '../fixtures/golden');
const march = 'from=2025-03-01&to=2025-03-31';

let database: Database;
let cube: Cube;
const load = (query: string, viewer = boss): Promise<HomePage> => {
  const { state, dropped } = parse(new URLSearchParams(query));
  return home.load(viewer, state, dropped);
};
const viewOf = (page: HomePage, key: ProfitView['key']) =>
  page.profit.views.find((view) => view.key === key)!;
const part = (view: ProfitView, driver: string) => view.parts.find((one) => one.driver === driver)!;
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

beforeAll(async () => {
  database = await createDatabase();
  await runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')) });
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
});

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
});

// March 2025 was counted by hand in tests/fixtures/golden/COUNT.md: gross profit 180,000, spend 120,000.
describe('profit of March against February', () => {
  test('is gross profit less spend, made of seven leads, three buyers and four deals', async () => {
    const view = viewOf(await load(march), 'period');
    expect(view).toMatchObject({ target: 'Profit', to: 60_000 });
    // February: deal 9 and deal 1 were created, nothing was won; 1,000 of spend.
    expect(view.from).toBe(-1000);
    expect(view.change).toBe(61_000);
    expect(part(view, 'leads')).toMatchObject({ from: 2, to: 7 });
    // Ромашка bought twice (1, 3), Лютик and «=1+1» once.
    expect(part(view, 'acquisition').to).toBeCloseTo(3 / 7, 12);
    expect(part(view, 'orders_each').to).toBeCloseTo(4 / 3, 12);
    expect(part(view, 'average_deal').to).toBeCloseTo(125_000, 9);
    expect(part(view, 'margin').to).toBeCloseTo(0.36, 12);
    expect(part(view, 'spend')).toMatchObject({
      from: 1000,
      to: 120_000,
      change: -119_000,
      is_bottleneck: true,
    });
    expect(sum(view.parts.map(({ change }) => change))).toBeCloseTo(61_000, 6);
    expect(view.sentence).toMatch(/^Profit grew by .*61K.* to .*60K/);
    expect(view.sentence).toContain('advertising grew from');
  });

  test('holds the factors that SQL counts from the tables', async () => {
    const view = viewOf(await load(march), 'period');
    const inMarch = (column: string) =>
      `(${column} at time zone 'Europe/Moscow')::date between '2025-03-01' and '2025-03-31'`;
    const [row] = await database.query<Record<string, string>>(
      `with won as (select * from core.fct_deals where status = 'won' and not is_test and not is_deleted and ${inMarch('closed_at')})
       select (select count(*) from core.fct_deals where not is_test and not is_deleted and ${inMarch('created_at')}) as leads,
         (select count(distinct customer_key) from won) as buyers, (select count(*) from won) as won,
         (select sum(amount) from won) as revenue, (select sum(amount - coalesce(cost, 0)) from won) as profit,
         (select sum(cost) from core.fct_marketing_spend where not is_deleted and day between '2025-03-01' and '2025-03-31') as spend`,
    );
    const told = Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
    expect(part(view, 'leads').to).toBe(told.leads);
    expect(part(view, 'acquisition').to).toBeCloseTo(told.buyers! / told.leads!, 12);
    expect(part(view, 'orders_each').to).toBeCloseTo(told.won! / told.buyers!, 12);
    expect(part(view, 'average_deal').to).toBeCloseTo(told.revenue! / told.won!, 9);
    expect(part(view, 'margin').to).toBeCloseTo(told.profit! / told.revenue!, 12);
    expect(view.to).toBeCloseTo(told.profit! - told.spend!, 9);
  });

  test('is what a query of Cube gives', async () => {
    const view = viewOf(await load(march), 'period');
    const ask = async (measures: string[], dimension: string) => {
      const timeDimensions = [{ dimension, dateRange: ['2025-03-01', '2025-03-31'] }];
      return (await cube.rows({ measures, timeDimensions, timezone: 'Europe/Moscow' }, company))[0] ?? {};
    };
    const sales = await ask(['sales.buyers', 'sales.margin', 'sales.average_deal'], 'sales.closed_at');
    const marketing = await ask(
      ['marketing.gross_profit', 'marketing.spend', 'marketing.leads'],
      'marketing.date',
    );
    expect(view.to).toBe(Number(marketing['marketing.gross_profit']) - Number(marketing['marketing.spend']));
    expect(part(view, 'leads').to).toBe(Number(marketing['marketing.leads']));
    expect(part(view, 'margin').to).toBeCloseTo(Number(sales['sales.margin']), 12);
    expect(part(view, 'average_deal').to).toBeCloseTo(Number(sales['sales.average_deal']), 9);
    expect(Number(sales['sales.buyers'])).toBe(3);
  });

  test('is profit before advertising where no part of it is theirs, and says so', async () => {
    const page = await load(`${march}&manager=${encodeURIComponent('Анна')}`);
    const view = viewOf(page, 'period');
    expect(view).toMatchObject({ target: 'Profit before advertising', to: 140_000.5 });
    expect(view.parts.some(({ driver }) => driver === 'spend')).toBe(false);
    expect(view.notes.join()).toContain('Advertising cannot be split by this filter');
    const byChannel = viewOf(await load(`${march}&channel=search`), 'period');
    expect(byChannel).toMatchObject({ target: 'Profit', to: 140_000.5 - 50_000 });
    const keys = await database.query<{ employee_key: number }>(
      `select employee_key from core.dim_employees where name = 'Анна'`,
    );
    const anna: Viewer = { ...boss, access: 'own', employee_keys: [Number(keys[0]?.employee_key)] };
    const own = viewOf(await load(march, anna), 'period');
    expect(own.to).toBe(140_000.5);
    expect(own.notes.join()).toContain('Advertising belongs to nobody in person');
  });
});

describe('March against its plan', () => {
  test('splits what is planned and names what is not', async () => {
    const view = viewOf(await load(march), 'plan');
    expect(view).toMatchObject({ target: 'Revenue', from: 400_000, to: 500_000, change: 100_000 });
    expect(view.parts.map(({ driver }) => driver)).toEqual(['revenue']);
    expect(view.notes.join()).toContain('leads, won deals, gross profit, advertising');
  });

  test('names the bottleneck as soon as there are plans of leads and deals', async () => {
    await database.query(
      `insert into core.fct_plan_fact (month, metric, scope_kind, scope, plan, fact, workdays, elapsed_workdays)
       values ('2025-03-01', 'leads', 'company', '', 5, 7, 21, 21), ('2025-03-01', 'deals_won', 'company', '', 4, 4, 21, 21)`,
    );
    await database.query('update ops.data_version set version = version + 1');
    await new Promise((next) => setTimeout(next, 300));
    const view = viewOf(await load(march), 'plan');
    expect(view.parts.map(({ driver }) => driver)).toEqual(['leads', 'conversion', 'average_deal']);
    expect(view.bottleneck).toBe('conversion');
    expect(part(view, 'conversion')).toMatchObject({ from: 0.8, is_bottleneck: true });
    expect(sum(view.parts.map(({ change }) => change))).toBeCloseTo(100_000, 6);
    expect(view.sentence).toContain('conversion 57.1% instead of 80%');
  });
});

test('no comparison and no plan leave a sentence, not an empty card', async () => {
  const { profit } = await load('from=2020-01-01&to=2020-01-31');
  expect(profit).toMatchObject({ state: 'ok', views: [] });
  expect(profit.sentence).not.toBe('');
});
