import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { signIn, startStack, type RunningStack } from './stack.ts';

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  page = await signIn(browser, stack);
  page.on('pageerror', (error) => complaints.push(error.message));
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const ready = (on: Page) =>
  on.waitForFunction(() => {
    const values = [...document.querySelectorAll('[data-value-of]')];
    return values.length > 0 && values.every((one) => !one.textContent?.includes('…'));
  });

const entry = (name: string) => page.locator(`[data-metric="${name}"]`);

test('the menu leads to every metric with its meaning, its freshness and its value', async () => {
  await page.getByRole('link', { name: 'Все показатели' }).first().click();
  await page.waitForURL((url) => url.pathname === '/metrics');
  await ready(page);
  expect(await page.locator('[data-metric]').count()).toBeGreaterThan(150);
  const romi = await entry('marketing.romi').textContent();
  for (const part of [
    'ROMI',
    'marketing.romi',
    '(gross_profit − spend) / spend',
    'валовая прибыль минус расходы, делённая на расходы',
    'доля',
    'больше',
    'расходы на рекламу, сделки',
    'не складываются',
    'ads: данные на',
  ])
    expect(romi).toContain(part);
  const [told] = await stack.query(
    'select count(*)::text as customers from core.dim_customers where not is_deleted',
  );
  expect(await entry('customers.customers').locator('[data-value-of]').textContent()).toContain(
    told!.customers,
  );
});

test('what no source brings is not connected, which is neither 0 nor an error', async () => {
  for (const name of ['calls.calls', 'receivables.invoiced', 'mailings.sent']) {
    const text = await entry(name).textContent();
    expect(text, name).toContain('Не подключено');
    expect(text, name).toContain('Подключите источник');
    expect(await entry(name).locator('[data-value-of]').textContent(), name).not.toMatch(/\d/);
  }
});

test('a search finds by title of either language, name and formula, and says when there is none', async () => {
  const search = page.getByRole('searchbox');
  const found = () =>
    page.locator('[data-metric]').evaluateAll((all) => all.map((one) => one.getAttribute('data-metric')));
  for (const [question, name] of [
    ['конверсия продажу', 'sales.conversion'],
    ['win rate', 'sales.win_rate'],
    ['deals_won + deals_lost', 'sales.win_rate'],
    ['СЧЕТОВ', 'receivables.invoiced'],
  ] as const) {
    await search.fill(question);
    await page.waitForFunction(
      (name) => document.querySelectorAll('[data-metric]').length < 20 && document.getElementById(name),
      name,
    );
    expect(await found(), question).toContain(name);
    await entry(name).locator('summary').waitFor();
  }
  await search.fill('абракадабра');
  await page.getByText('Ничего не найдено').waitFor();
  await search.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('q') === 'абракадабра');
  expect(await page.getByRole('status').textContent()).toContain('0 показателей');
  await page.goto(`${stack.address}/metrics?q=margin`);
  expect(await found()).toContain('sales.margin');
});

test('the page is a list of groups that fits a screen or two, and all of it on paper', async () => {
  await page.goto(`${stack.address}/metrics`);
  await ready(page);
  const height = () => page.evaluate(() => document.documentElement.scrollHeight);
  expect(await height()).toBeLessThan(1800);
  const definition = entry('sales.won_amount').locator('dl');
  expect(await definition.isVisible()).toBe(false);
  await page.locator('#sales').focus();
  await page.keyboard.press('Enter');
  await entry('sales.won_amount').locator('summary').click();
  await definition.waitFor();
  await page.getByRole('button', { name: 'Раскрыть всё' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-chapter]:not([open])').length === 0);
  await page.getByRole('button', { name: 'Свернуть всё' }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-chapter][open]').length === 0);
  await page.emulateMedia({ media: 'print' });
  expect(await height()).toBeGreaterThan(10_000);
  expect(await entry('nps.nps').locator('dl').isVisible()).toBe(true);
  await page.emulateMedia({ media: 'screen' });
});

test('a metric has an address of its own, and a misspelt one is told the right one', async () => {
  await page.goto(`${stack.address}/metrics`);
  await page.locator('#sales').click();
  await entry('sales.lost_amount').locator('summary').click();
  await entry('sales.lost_amount').getByRole('link', { name: 'Ссылка на показатель' }).click();
  expect(new URL(page.url()).hash).toBe('#sales.lost_amount');
  await page.reload();
  await entry('sales.lost_amount').locator('dl').waitFor();
  expect(await entry('sales.win_rate').locator('dl').isVisible()).toBe(false);
  // from another page too, where the browser itself does not open what is folded
  await page.goto(`${stack.address}/sales`);
  await expect
    .poll(
      async () => {
        const search = page.getByRole('combobox');
        if ((await search.count()) === 0) await page.keyboard.press('Control+k');
        return search.count();
      },
      { timeout: 15_000, interval: 1000 },
    )
    .toBe(1);
  await page.getByRole('combobox').fill('sales.velocity');
  await page.locator('[data-command="metric sales.velocity"]').click();
  await page.waitForURL((url) => url.hash === '#sales.velocity');
  await entry('sales.velocity').locator('dl').waitFor();
  await page.goto(`${stack.address}/drill/sales.velocity`);
  expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/metrics#sales.velocity');
  await entry('sales.velocity').locator('dl').waitFor();
  const missed = await page.goto(`${stack.address}/drill/sales.won_amounts`);
  expect(missed?.status()).toBe(404);
  expect(await page.locator('main').textContent()).toContain('Может быть, sales.won_amount?');
});

test('an address that names no metric opens none', async () => {
  for (const hash of ['%', 'toString', 'sales2.x']) {
    await page.goto('about:blank');
    await page.goto(`${stack.address}/metrics#${hash}`);
    await ready(page);
    expect(await page.locator('[data-metrics] details[open]').count()).toBe(0);
  }
  expect(complaints).toEqual([]);
});

test('a value leads to what is behind it, for the same month', async () => {
  await page.goto(`${stack.address}/metrics#sales.deals_won`);
  await ready(page);
  await entry('sales.deals_won').locator('[data-value-of] a').click();
  await page.waitForURL((url) => url.pathname === '/drill/sales.deals_won');
  expect(new URL(page.url()).searchParams.get('period')).toBe('last_month');
  expect(await page.locator('main header a').first().getAttribute('href')).toBe('/metrics');
});

describe('on every screen', () => {
  test.each([
    [390, 'dark'],
    [768, 'light'],
    [1440, 'dark'],
  ] as const)(
    'nothing is cut off, all can be reached and read at %i in %s',
    { timeout: 120_000 },
    async (width, colorScheme) => {
      const other = await signIn(browser, stack, { viewport: { width, height: 900 }, colorScheme });
      try {
        await other.goto(`${stack.address}/metrics`);
        await ready(other);
        expect(
          await other.evaluate(() => document.documentElement.scrollWidth - innerWidth),
        ).toBeLessThanOrEqual(0);
        // The parts of one group are those of all; axe needs a minute and a half for all of them.
        await other.goto(`${stack.address}/metrics?q=calls`);
        await ready(other);
        const { violations } = await new AxeBuilder({ page: other }).withTags(standard).analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
      } finally {
        await other.context().close();
      }
    },
  );

  test('and no script complains', () => expect(complaints).toEqual([]));
});
