import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as explore from '../../src/lib/server/explore.ts';
import * as home from '../../src/lib/server/home.ts';
import * as options from '../../src/lib/server/options.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { parse } from '../../src/lib/state.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { boss } from '../harness/viewer.ts';
import { secret, startCube, type Cube } from './cube/server.ts';

const stateOf = (search: string) => parse(new URLSearchParams(search)).state;
let database: Database;
let cube: Cube;

beforeAll(async () => {
  database = await createDatabase();
  await database.query(readFileSync(new URL('./cube/company.sql', import.meta.url), 'utf8'));
  await database.query(`
    insert into core.settings values ('reporting.currency', '"RUB"') on conflict do nothing;
    insert into core.dim_products (product_key, source, source_id, name, category)
    select k, 'crm', 'many' || k, 'Thing number ' || k, 'many' from generate_series(1001, 11000) k;
    insert into core.fct_deals (source, source_id, created_at, closed_at, status, owner_key, product_key, amount)
    select 'crm', 'many' || k, '2025-03-05', '2025-03-06', 'won', 11, k, k from generate_series(1001, 11000) k;
    insert into core.fct_deals (source, source_id, created_at, closed_at, status, owner_key, product_key, amount)
    select 'crm', 'old' || k, at, at, 'won', 11, 1, 1
    from generate_series(0, 239) k, lateral (select timestamptz '2005-04-10' + make_interval(months => k) as at) t;
    insert into core.fct_deals (source, source_id, created_at, closed_at, status, owner_key, lost_reason, amount)
    select 'crm', 'lost' || k, '2005-03-05', '2005-03-06', 'lost', 11, 'Reason ' || k, 100
    from generate_series(1, 500) k`);
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
}, 120_000);

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
});

test('a filter of ten thousand values offers the frequent ones, finds the others, and keeps what was chosen', async () => {
  const rare = 'Thing number 10999';
  const offered = await options.list(boss, 'product');
  expect(offered.length).toBeLessThan(10_000);
  expect(offered).not.toContain(rare);
  expect(await options.list(boss, 'product', 'NUMBER 10999')).toEqual([rare]);
  const page = await home.load(
    boss,
    stateOf(`product=${rare}&product=Nothing&from=2025-03-01&to=2025-03-31`),
  );
  expect(page.filters).toMatchObject([{ key: 'product', values: [rare] }]);
  expect(page.notices.map(({ code }) => code)).toEqual(['no_such_value']);
  expect(page.kpis[0]).toMatchObject({ state: 'ok', value: 10_999 });
});

test('twenty years are a line of months', async () => {
  const page = await home.load(boss, stateOf('from=2005-04-01&to=2025-03-31&product=Pump'));
  const trend = page.charts.find(({ id }) => id === 'won_trend');
  expect(trend?.state).toBe('ok');
  expect(trend?.rows).toHaveLength(240);
});

test('of five hundred parts the largest are drawn, and all others told of in words, not as a bar above them', async () => {
  const page = await home.load(boss, stateOf('from=2005-03-01&to=2005-03-31'));
  const lost = page.charts.find(({ id }) => id === 'lost_parts');
  expect(lost?.rows).toHaveLength(8);
  expect(lost?.rows.every(({ href, values }) => href !== null && values[0] === 100)).toBe(true);
  expect(lost?.sentence.replaceAll(/\s/g, ' ')).toMatch(/(492).*49[.,]2/);
});

test('ten thousand lines are the few largest of them', async () => {
  const search = 'show=sales.won_amount&by=product&grain=month&as=chart&from=2025-01-01&to=2025-03-31';
  const page = await explore.load(boss, stateOf(search));
  const text = JSON.stringify(page);
  expect(text).toContain('Thing number 11000');
  expect(text.length).toBeLessThan(300_000);
});
