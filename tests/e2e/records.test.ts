import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterDemo, type RunningStack } from './stack.ts';

let stack: RunningStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo());
}, 420_000);

afterAll(() => browser?.close());

const crm = 'https://crm.vector-prom.example';
const help = 'https://help.vector-prom.example';

test.each([
  ['sales.won_amount', `${crm}/leads/`, 'fct_deals'],
  ['funnel.entered', `${crm}/leads/`, 'fct_deals'],
  ['marketing.leads', `${crm}/leads/`, 'fct_deals'],
  ['calls.missed', 'https://pbx.vector-prom.example/cdr/', 'fct_calls'],
  ['receivables.outstanding', `${crm}/invoices/`, 'fct_invoices'],
  ['nps.detractors', `${help}/answers/`, 'fct_survey_responses'],
  ['service.complaints', `${help}/tickets/`, 'fct_complaints'],
  ['marketing.spend', `${crm}/campaigns/`, 'dim_campaigns'],
])('the records of %s lead to their own system', async (metric, address, table) => {
  await page.goto(`/drill/${metric}?period=last_month`);
  const rows = page.locator('[data-records] tbody tr');
  const links = await rows
    .locator('a[target="_blank"]')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  expect(links).toHaveLength(await rows.count());
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((link) => !link.startsWith(address))).toEqual([]);
  const ids = new Set(links.map((link) => decodeURIComponent(link.slice(address.length))));
  const known = await stack.query(`select source_id from core.${table}`);
  const all = new Set(known.map(({ source_id }) => source_id));
  expect([...ids].filter((id) => !all.has(id))).toEqual([]);
});

test('the record that a day of spend leads to is the campaign that it names', async () => {
  await page.goto('/drill/marketing.spend?period=last_month');
  const row = page.locator('[data-records] tbody tr').first();
  const name = await row.locator('[data-column="campaign"]').textContent();
  const href = (await row.locator('a[target="_blank"]').getAttribute('href')) ?? '';
  const [campaign] = await stack.query(
    `select name from core.dim_campaigns where source_id = '${href.split('/').at(-1)}' and source = 'crm'`,
  );
  expect(name?.trim()).toBe(campaign?.name);
});

test('a file of records has their addresses', async () => {
  const answer = await page.request.get('/export/csv/records/drill/nps.detractors?period=last_month');
  const [, ...lines] = (await answer.text()).trim().split(/\r?\n/);
  expect(lines.filter((line) => line.includes(`${help}/answers/`)).length).toBeGreaterThan(10);
});

test.each([
  ['call', 'https://pbx.vector-prom.example/cdr/', 'fct_calls'],
  ['money', `${crm}/invoices/`, 'fct_invoices'],
  ['survey', `${help}/answers/`, 'fct_survey_responses'],
])('on the time line of a customer, each %s leads to its record', async (kind, address, table) => {
  const [customer] = await stack.query(
    `select customer_key from core.${table} where not is_deleted and customer_key in
       (select customer_key from core.customers where not is_deleted) group by 1 order by count(*) desc limit 1`,
  );
  await page.goto(`/customers/${customer?.customer_key}?in=kind:${kind}`);
  const links = await page
    .locator(`[data-event="${kind}"] a[target="_blank"]`)
    .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  expect(links.length).toBeGreaterThan(0);
  expect(links.filter((link) => !link.startsWith(address))).toEqual([]);
  const ids = links.map((link) => decodeURIComponent(link.slice(address.length)));
  const known = await stack.query(
    `select source_id from core.${table} where customer_key = ${customer?.customer_key}`,
  );
  const all = new Set(known.map(({ source_id }) => source_id));
  expect(ids.filter((id) => !all.has(id))).toEqual([]);
});

test.each([
  ['plan_fact.plan', 'plan'],
  ['plan_fact.gap', 'gap'],
  ['marketing.spend', 'spend'],
  ['receivables.outstanding', 'outstanding'],
  ['sales.won_amount', 'amount'],
])('what stands out of a record of %s is its %s', async (metric, column) => {
  await page.goto(`/drill/${metric}?period=last_month`);
  const first = page.locator('[data-records] tbody tr').first();
  expect(await first.locator('.figure').getAttribute('data-column')).toBe(column);
});
