import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { request } from 'undici';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { addPerson, signIn, startStack, type Person, type RunningStack } from './stack.ts';

const march = '/?from=2025-03-01&to=2025-03-31';
let stack: RunningStack;
let browser: Browser;
let boss: string;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  boss = await cookiesOf();
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

async function cookiesOf(person?: Person): Promise<string> {
  const page = await signIn(browser, stack, {}, person);
  const cookies = await page.context().cookies();
  await page.context().close();
  return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
}

/** As a browser asks, without one: what comes over the wire, and what it says. */
async function get(path: string, cookie: string, headers: Record<string, string> = {}) {
  const answer = await request(stack.address + path, { headers: { cookie, ...headers } });
  const body = Buffer.from(await answer.body.arrayBuffer());
  const isPacked = answer.headers['content-encoding'] === 'gzip';
  const { age, etag } = answer.headers;
  const text = (isPacked ? gunzipSync(body) : body).toString('utf8');
  return { status: answer.statusCode, age, etag: String(etag), isPacked, bytes: body.length, text };
}

const won = (text: string) => Number(/id="kpi-won_amount"[^>]*data-value="([\d.]+)"/.exec(text)?.[1]);

test('a page is made once and sent again, small for whoever takes it so', async () => {
  await get(march, boss);
  const again = await get(march, boss, { 'accept-encoding': 'gzip, br' });
  expect(again.age).toBeDefined();
  expect(again.isPacked).toBe(true);
  const plain = await get(march, boss);
  expect(plain).toMatchObject({ status: 200, isPacked: false, text: again.text });
  expect(again.bytes).toBeLessThan(plain.bytes / 3);
  const known = await get(march, boss, { 'if-none-match': plain.etag });
  expect(known).toMatchObject({ status: 304, bytes: 0 });
});

test('nobody gets the page of another, nor without signing in', async () => {
  const own = await cookiesOf(await addPerson(stack, 'olga@golden.example', 'manager'));
  const page = await get(march, own);
  expect(page.text).toContain('olga@golden.example');
  expect(page.text).not.toContain('admin@pulse.local');
  expect((await get(march, '')).status).toBe(303);
});

test('a load is seen at once', async () => {
  await get(march, boss);
  expect((await get(march, boss)).age).toBeDefined();
  // the last statement of each load
  await stack.query(`update ops.data_version set version = version + 1`);
  await new Promise((next) => setTimeout(next, 250));
  const fresh = await get(march, boss);
  expect(fresh.age).toBeUndefined();
  expect(won(fresh.text)).toBeGreaterThan(0);
});

test('a failure is not kept: whoever tries again gets the figures as soon as they are there', async () => {
  const page = '/?from=2025-02-01&to=2025-02-28';
  const failed = async () => (await get(page, boss)).text.match(/data-state="failed"/g)?.length ?? 0;
  await stack.query('alter schema rollup rename to elsewhere');
  try {
    expect(await failed()).toBeGreaterThan(0);
  } finally {
    await stack.query('alter schema elsewhere rename to rollup');
  }
  expect(await failed()).toBe(0);
  expect((await get(page, boss)).age).toBeDefined();
});

test('what somebody changes is seen at once', async () => {
  await get(march, boss);
  expect((await get(march, boss)).age).toBeDefined();
  const headers = {
    cookie: boss,
    origin: stack.address,
    'content-type': 'application/x-www-form-urlencoded',
  };
  await request(`${stack.address}/preferences`, { method: 'POST', headers, body: 'theme=dark' });
  expect((await get(march, boss)).age).toBeUndefined();
});

/** A connection of its own to the warehouse, for what has to stay open. */
async function connect(): Promise<pg.Client> {
  const { port } = JSON.parse(readFileSync(join(stack.home, 'postgres.json'), 'utf8')) as { port: number };
  const password = readFileSync(join(stack.home, 'postgres.password'), 'utf8').trim();
  const client = new pg.Client(`postgres://pulse:${password}@127.0.0.1:${port}/pulse`);
  await client.connect();
  return client;
}

/** How many questions wait for a table that another holds. */
const waiting = async () =>
  (await stack.query(`select from pg_stat_activity where datname = 'pulse' and wait_event_type = 'Lock'`))
    .length;

test('a page is of before a load or of after it, never of both', async () => {
  const page = '/?from=2025-03-02&to=2025-03-30';
  const figures = async () => {
    const { text } = await get(page, boss);
    const [nps] = /id="kpi-nps"[^>]*>/.exec(text) ?? [];
    return { won: won(text), nps: Number(/data-value="([^"]+)"/.exec(nps ?? '')?.[1] ?? NaN) };
  };
  const before = await figures();
  expect(before.won).toBeGreaterThan(0);
  expect(before.nps).not.toBeNaN();
  await stack.query(`update ops.data_version set version = version + 1`);
  await new Promise((next) => setTimeout(next, 250));
  const load = await connect();
  const { rows } = await load.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relnamespace = 'rollup'::regnamespace and relkind = 'r' and relname like 'deal_facts__closed%'`,
  );
  const sales = rows.map(({ name }) => name);
  const multiply = (by: number) =>
    sales.map((name) => `update ${name} set amount_sum = amount_sum * ${by};`).join('');
  await load.query('create table kept_surveys as select * from rollup.surveys__employee');
  try {
    await load.query(`begin; lock table rollup.surveys__employee; ${multiply(2)}
      update rollup.surveys__employee set score = 10;
      update ops.data_version set version = version + 1`);
    const read = get(page, boss);
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThan(0);
    // long enough for what waits for nothing to be read as it was
    await new Promise((next) => setTimeout(next, 1500));
    await load.query('commit');
    const { text } = await read;
    const [nps] = /id="kpi-nps"[^>]*>/.exec(text) ?? [];
    expect(won(text)).toBeCloseTo(before.won * 2, 2);
    expect(nps).toContain('data-value="100"');
  } finally {
    await load.query(`commit; begin; ${multiply(0.5)}
      truncate rollup.surveys__employee; insert into rollup.surveys__employee select * from kept_surveys;
      drop table kept_surveys; update ops.data_version set version = version + 1; commit`);
    await load.end();
  }
});

test('nothing is computed for whoever has left', async () => {
  const blocker = await connect();
  try {
    const { rows } = await blocker.query<{ tables: string }>(
      `select string_agg(oid::regclass::text, ', ') as tables from pg_class
       where relnamespace = 'rollup'::regnamespace and relkind = 'r' and relname like 'deal_facts%'`,
    );
    await blocker.query(`begin; lock table ${rows[0]!.tables}`);
    const reader = new AbortController();
    const page = fetch(`${stack.address}/sales?from=2025-02-01&to=2025-03-30`, {
      headers: { cookie: boss },
      signal: reader.signal,
    });
    await expect.poll(waiting, { timeout: 20_000 }).toBeGreaterThan(0);
    reader.abort();
    await expect(page).rejects.toThrow();
    await expect.poll(waiting, { timeout: 20_000 }).toBe(0);
  } finally {
    await blocker.end();
  }
  expect((await get('/sales?from=2025-02-01&to=2025-03-30', boss)).status).toBe(200);
});
