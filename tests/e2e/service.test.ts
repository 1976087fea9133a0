import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { cellOf, expectSound, follow, rowsOf, sqlNumber } from './board.ts';
import { addPerson, openDemo, signIn, speak, type RunningStack } from './stack.ts';

const complaints = 'core.fct_complaints c where not c.is_deleted';
const month = (column: string) =>
  `date_trunc('month', ${column} at time zone 'Europe/Moscow')
     = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`;
const hours = (to: string) =>
  `select percentile_cont(0.5) within group (order by extract(epoch from ${to} - opened_at) / 3600) from ${complaints}`;

let stack: RunningStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([openDemo(), openBrowser()]);
  page = await signIn(browser, stack);
}, 420_000);

afterAll(async () => {
  await browser?.close();
});

test.each([
  ['complaints', `select count(*) from ${complaints} and ${month('opened_at')}`],
  ['open', `select count(*) from ${complaints} and status in ('new', 'in_progress')`],
  [
    'unanswered',
    `select count(*) from ${complaints} and status in ('new', 'in_progress') and first_response_at is null`,
  ],
  ['first_response_hours_median', `${hours('first_response_at')} and ${month('opened_at')}`],
  ['resolution_hours_median', `${hours('resolved_at')} and ${month('resolved_at')}`],
  [
    'per_100_deals',
    `select 100.0 * (select count(*) from ${complaints} and ${month('opened_at')}) / count(*)
      from core.fct_deals where status = 'won' and not is_test and not is_deleted and ${month('closed_at')}`,
  ],
  [
    'nps',
    `select 100.0 * (count(*) filter (where score >= 9) - count(*) filter (where score < 7)) / count(*)
      from core.fct_survey_responses where not is_deleted and ${month('answered_at')}`,
  ],
])('%s of the last month is that of the warehouse', async (id, sql) => {
  if (new URL(page.url()).pathname !== '/service') await page.goto('/service?period=last_month');
  const shown = Number(await page.locator(`#figure-${id}`).getAttribute('data-value'));
  expect(shown).toBeCloseTo(await sqlNumber(stack, sql), 3);
});

test('the product whose complaints rise is said first, with its cause, and leads to those complaints', async () => {
  await page.goto('/service');
  const note = page.locator('[data-note="rise-product"]').first();
  const text = (await note.textContent()) ?? '';
  expect(text).toContain('Дизель-генератор ДГ-60');
  expect(text).toContain('Брак');
  expect(await page.locator('[data-note]').first().getAttribute('data-note')).toBe('rise-product');
  const day = `(c.opened_at at time zone 'Europe/Moscow')::date`;
  const today = `(now() at time zone 'Europe/Moscow')::date`;
  const told = await sqlNumber(
    stack,
    `select count(*) from core.fct_complaints c join core.dim_products p using (product_key)
      where not c.is_deleted and p.name = 'Дизель-генератор ДГ-60' and ${day} between ${today} - 89 and ${today}`,
  );
  expect(text).toContain(String(told));
  await note.locator('a').click();
  await page.waitForURL((url) => url.pathname === '/drill/service.complaints');
  expect(Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'))).toBe(told);
  expect(Number(await page.locator('[data-count]').getAttribute('data-count'))).toBe(told);
});

test('each cut holds all complaints of the period, its shares run up to all, and a cell leads to its records', async () => {
  await page.goto('/service?period=last_month');
  const all = Number(await page.locator('#figure-complaints').getAttribute('data-value'));
  for (const by of ['stage', 'product', 'cause']) {
    await page.locator(`[data-choice="${by}"]`).click();
    await page.waitForURL((url) => url.searchParams.get('by') === by);
    await page.locator(`[data-block="parts"] [data-cell="${by}"]`).first().waitFor();
    const values = await page
      .locator('[data-block="parts"] tbody [data-cell="complaints"]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
    expect(values.reduce((sum, one) => sum + one, 0)).toBe(all);
    const held = page.locator('[data-block="parts"] tbody tr:last-child [data-cell="held"]');
    expect(Number(await held.getAttribute('data-value'))).toBeCloseTo(1, 9);
  }
  const defects = await sqlNumber(
    stack,
    `select count(*) from ${complaints} and cause = 'Брак' and ${month('opened_at')}`,
  );
  expect(await cellOf(page, 'parts', 'Брак', 'complaints')).toBe(defects);
  await follow(page, '[data-block="parts"] tr[data-row="Брак"] [data-cell="complaints"]');
  await page.goBack();
  await follow(page, '[data-block="parts"] tr[data-row="Брак"] [data-cell="resolution_hours_median"]');
}, 120_000);

test('where most complaints sit is found by itself: the smallest set of causes that holds 80 %', async () => {
  const product = 'Дизель-генератор ДГ-60';
  const day = `(c.opened_at at time zone 'Europe/Moscow')::date`;
  const today = `(now() at time zone 'Europe/Moscow')::date`;
  const causes = await stack.query(
    `select cause, sum(n) over (order by n desc, cause) - n as before, sum(n) over () as all, n from (
      select cause, count(*) as n from core.fct_complaints c join core.dim_products p using (product_key)
      where not c.is_deleted and p.name = '${product}' and ${day} between ${today} - 89 and ${today} group by 1) x
    order by n desc`,
  );
  const held = causes.filter(({ before, all }) => Number(before) < 0.8 * Number(all));
  expect(held.length).toBeLessThan(causes.length / 2);
  await page.goto(`/service?period=last_90_days&product=${encodeURIComponent(product)}`);
  const note = page.locator('[data-note="crowd-complaints"]');
  const text = (await note.textContent()) ?? '';
  expect(text).toContain(held.map(({ cause }) => cause).join(', '));
  await note.locator('a').click();
  await page.waitForURL((url) => url.searchParams.get('by') === 'cause');
  const head = Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'));
  expect(head).toBe(Number(held.length === 1 ? held[0]?.n : causes[0]?.all));
});

test('answers by score are all answers, and a bar leads to its comments', async () => {
  await page.goto('/service?period=last_month');
  await page.locator('#chart-scores button').click();
  const values = await page
    .locator('#chart-scores tbody tr td.number')
    .evaluateAll((cells) => cells.map((cell) => Number((cell.textContent ?? '').replace(/\D/g, ''))));
  expect(values.length).toBe(11);
  const all = Number(await page.locator('#figure-responses').getAttribute('data-value'));
  expect(values.reduce((sum, one) => sum + one, 0)).toBe(all);
  await page.locator('#chart-scores tbody a').first().click();
  await page.waitForURL((url) => url.pathname === '/drill/nps.responses');
  expect(Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'))).toBe(values[0]);
});

test('who complained and who did not are all buyers, and no cause is claimed', async () => {
  await page.goto('/service');
  const rate = (test: string) =>
    sqlNumber(
      stack,
      `select avg((last_at < now() - interval '365 days')::int) from (
        select customer_key, max(closed_at) as last_at from core.fct_deals
        where status = 'won' and not is_test and not is_deleted and customer_key in
          (select customer_key from core.customers where not is_deleted) group by 1) b
      where ${test} (select from core.fct_complaints k where k.customer_key = b.customer_key and not k.is_deleted)`,
    );
  expect(await cellOf(page, 'churn', '0', 'churn_rate')).toBeCloseTo(await rate('not exists'), 2);
  const header = (await page.locator('[data-block="churn"] header').textContent()) ?? '';
  expect(header).toContain('не доказательство причины');
  await follow(page, '[data-block="churn"] tr[data-row="0"] [data-cell="churned"]');
});

test('an employee sees the own complaints only', async () => {
  const own = await signIn(
    browser,
    stack,
    {},
    await addPerson(stack, 'lapshin@vector-prom.example', 'manager'),
  );
  await own.goto('/service?period=all&by=employee');
  const seen = await rowsOf(own, 'parts');
  expect(seen.filter((name) => name !== 'Игорь Лапшин')).toEqual([]);
  const told = await sqlNumber(
    stack,
    `select count(*) from ${complaints} and employee_key = (select employee_key from core.employees where name = 'Игорь Лапшин')`,
  );
  expect(Number(await own.locator('#figure-complaints').getAttribute('data-value'))).toBe(told);
  await own.context().close();
}, 120_000);

test('the page is sound in both languages, on a desk and on a phone', async () => {
  for (const width of [1440, 390]) {
    const one = await signIn(browser, stack, { viewport: { width, height: 844 } });
    await speak(one, 'ru');
    await expectSound(one, '/service?period=last_quarter', /complaint|answer|score/i);
    await speak(one, 'en');
    await expectSound(one, '/service?period=last_quarter', /жалоб|ответ|оценк/i);
    await one.context().close();
  }
}, 180_000);
