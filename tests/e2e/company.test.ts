import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { freePort, openIdentityProvider, type IdentityProvider } from '../harness/identity-provider.ts';
import { admin, chartsDrawn, signIn, startStack, watch, type RunningStack } from './stack.ts';

const march = 'from=2025-03-01&to=2025-03-31';
const hostile = '<img src=x onerror=alert(1)>';

let stack: RunningStack;
let browser: Browser;
let provider: IdentityProvider;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  // the provider has to know where to send people back to before anything runs there
  const port = await freePort();
  provider = await openIdentityProvider(`http://127.0.0.1:${port}/login/sso/callback`, {
    anna: { email: 'anna@example.com', email_verified: true },
  });
  [stack, browser] = await Promise.all([
    startStack(undefined, { PORT: String(port), ...provider.env }),
    openBrowser(),
  ]);
  page = await signIn(browser, stack);
  watch(page, stack, complaints);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await provider?.close();
});

const figure = async (id: string) =>
  Number(await page.locator(`#kpi-${id}`).first().getAttribute('data-value'));

async function sqlNumber(sql: string): Promise<number> {
  const [row] = await stack.query(sql);
  return Number(Object.values(row ?? {})[0]);
}

const inMarch = (column: string) =>
  `(${column} at time zone 'Europe/Moscow')::date between '2025-03-01' and '2025-03-31'`;
const real = 'not is_test and not is_deleted';

test('a stranger sees the sign-in page, and only the right password opens', async () => {
  const context = await browser.newContext({ baseURL: stack.address, locale: 'ru-RU' });
  const stranger = await context.newPage();
  await stranger.goto(`/drill/sales.won_amount?${march}`);
  expect(new URL(stranger.url()).pathname).toBe('/login');
  const { email, password } = admin(stack);
  await stranger.fill('input[name=email]', email);
  await stranger.fill('input[name=password]', 'not the password');
  await stranger.click('main button');
  await stranger.getByRole('alert').waitFor();
  expect(await stranger.getByRole('alert').textContent()).toContain('Неверная почта или пароль');
  await stranger.fill('input[name=password]', password);
  await stranger.click('main button');
  await stranger.waitForURL((url) => url.pathname === '/drill/sales.won_amount');
  expect(new URL(stranger.url()).search).toBe(`?${march}`);
  await stranger.getByRole('button', { name: 'Выйти' }).click();
  await stranger.waitForURL((url) => url.pathname === '/login');
  await stranger.goto('/');
  expect(new URL(stranger.url()).pathname).toBe('/login');
  await context.close();
});

test('whoever is added for single sign-on comes in with the account of the company, and nobody else does', async () => {
  const context = await browser.newContext({ baseURL: stack.address, locale: 'en-GB' });
  const anna = await context.newPage();
  const enter = async () => {
    await anna.goto(`/sales?${march}`);
    await anna.getByRole('link', { name: 'Sign in with the company' }).click();
    await anna.fill('input[name=who]', 'anna');
    await anna.click('button');
  };
  await enter();
  await anna.getByRole('alert').waitFor();
  expect(await anna.getByRole('alert').textContent()).toContain('not known here');
  await page.goto('/settings/people');
  await page.locator('details summary', { hasText: 'Добавить' }).click();
  await page.fill('input[name=email]', 'anna@example.com');
  await page.fill('input[name=name]', 'Анна');
  await page.selectOption('select[name=role]', 'executive');
  await page.getByRole('button', { name: 'через the company' }).click();
  await page.getByRole('status').waitFor();
  await context.clearCookies();
  await enter();
  await anna.waitForURL((url) => url.pathname === '/sales');
  expect(new URL(anna.url()).search).toBe(`?${march}`);
  // there is no password to change, and the account says so by not asking for one
  await anna.goto('/settings/account');
  await anna.getByRole('heading', { level: 1 }).waitFor();
  expect(await anna.locator('input[type=password]').count()).toBe(0);
  await context.close();
});

test('a form of another site is refused', async () => {
  const response = await fetch(`${stack.address}/preferences`, {
    method: 'POST',
    headers: { origin: 'https://elsewhere.example', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'theme=dark',
  });
  expect(response.status).toBe(403);
});

describe('the figures of the page are those of the warehouse and of the count by hand', () => {
  beforeAll(async () => {
    await page.goto(`/?${march}`);
    await chartsDrawn(page);
  });

  test.each<[string, string, number]>([
    [
      'won_amount',
      `select sum(amount) from core.fct_deals where status = 'won' and ${real} and ${inMarch('closed_at')}`,
      500_000,
    ],
    [
      'conversion',
      `select avg((status = 'won')::int) from core.fct_deals where ${real} and ${inMarch('created_at')}`,
      4 / 7,
    ],
    [
      'romi',
      `select (p - s) / s from
         (select sum(amount - coalesce(cost, 0)) p from core.fct_deals
           where status = 'won' and ${real} and ${inMarch('closed_at')}) deals,
         (select sum(cost) s from core.fct_marketing_spend
           where not is_deleted and day between '2025-03-01' and '2025-03-31') spend`,
      0.5,
    ],
    [
      'nps',
      `select 100.0 * (count(*) filter (where score >= 9) - count(*) filter (where score <= 6)) / count(*)
         from core.fct_survey_responses where not is_deleted and ${inMarch('answered_at')}`,
      40,
    ],
    [
      'open_complaints',
      `select count(*) from core.fct_complaints where not is_deleted and status in ('new', 'in_progress')`,
      3,
    ],
  ])('%s', async (id, sql, counted) => {
    expect(await figure(id)).toBeCloseTo(await sqlNumber(sql), 6);
    expect(await figure(id)).toBeCloseTo(counted, 6);
  });

  test('plan', async () => {
    expect(await figure('plan')).toBeCloseTo(1.25, 6);
    expect(await page.locator('#kpi-plan').textContent()).toContain('План на март 2025');
  });

  test('each says as of when', async () => {
    const moments = await page.locator('article [data-as-of]').count();
    expect(moments).toBe(6);
  });
});

test('from the page to the parts to the records, and they add up', async () => {
  await page.goto(`/?${march}`);
  await page.locator('#kpi-won_amount a').click();
  await page.waitForURL((url) => url.pathname === '/drill/sales.won_amount');
  await page.getByRole('link', { name: 'Менеджер', exact: true }).click();
  await page.waitForURL((url) => url.searchParams.get('by') === 'owner');
  await page.locator('[data-parts] a', { hasText: 'Анна' }).click();
  await page.waitForURL((url) => url.searchParams.get('part') === 'Анна');
  await chartsDrawn(page);
  const head = Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'));
  const cells = await page
    .locator('[data-records] td[data-value]')
    .evaluateAll((found) => found.map((cell) => Number(cell.getAttribute('data-value'))));
  expect(cells).toHaveLength(2);
  expect(cells.reduce((sum, value) => sum + value, 0)).toBeCloseTo(head, 6);
  expect(head).toBeCloseTo(350_000.5, 6);
  await page.goBack();
  await page.locator('[data-records] tbody tr').nth(3).waitFor();
  expect(await page.locator('[data-records] tbody tr').count()).toBe(4);
});

test('a drill leads back to the board that it came from, with what was chosen', async () => {
  await page.goto(`/sales?${march}`);
  await page.locator('main a[href^="/drill/"]').first().click();
  await page.waitForURL((url) => url.pathname.startsWith('/drill/'));
  const back = page.locator('main header a').first();
  expect((await back.textContent())?.trim()).toBe('Продажи');
  await back.click();
  await page.waitForURL((url) => url.pathname === '/sales');
  expect(new URL(page.url()).search).toBe(`?${march}`);
});

test('a hostile name changes nothing but itself', async () => {
  await page.goto(`/drill/sales.conversion?${march}`);
  await chartsDrawn(page);
  expect(await page.locator('[data-records] td', { hasText: hostile }).count()).toBeGreaterThan(0);
  await page.goto(`/drill/sales.conversion?${march}&by=owner&part=${encodeURIComponent(hostile)}`);
  expect(await page.locator('h1').textContent()).toContain(hostile);
  expect(await page.locator('img').count()).toBe(0);
});

test('what the address says wrongly is dropped with a word, and the page stands', async () => {
  await page.goto('/?period=someday&colour=red&team=Nowhere');
  const notices = await page
    .locator('[data-notice]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-notice')));
  expect(notices).toEqual(expect.arrayContaining(['dropped_invalid', 'dropped_unknown', 'no_such_value']));
  expect(await page.locator('#kpi-won_amount').count()).toBe(1);
  const missing = await page.goto('/drill/sales.nothing');
  expect(missing?.status()).toBe(404);
  expect(await page.locator('aside').getByRole('link', { name: 'Продажи' }).isVisible()).toBe(true);
  expect((await page.goto('/nowhere'))?.status()).toBe(404);
  expect(await page.locator('h1').textContent()).toBe('Такой страницы нет.');
  expect(await page.locator('aside').getByRole('link', { name: 'Продажи' }).isVisible()).toBe(true);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('404')));
});

test('what is typed and opened before the page has come alive stays', async () => {
  const context = await browser.newContext({
    baseURL: stack.address,
    storageState: await page.context().storageState(),
  });
  const early = await context.newPage();
  let release: () => void = () => {};
  let scripts = new Promise<void>((resolve) => (release = resolve));
  await early.route('**/*.js', (route) => scripts.then(() => route.continue()));
  await early.goto('/', { waitUntil: 'commit' });
  const menu = early.locator('details:has([data-export])').first();
  await menu.locator('summary').click();
  release();
  await early.waitForLoadState('networkidle');
  expect(await menu.getAttribute('open')).not.toBeNull();
  // the button of narrow windows needs scripts
  await early.setViewportSize({ width: 390, height: 844 });
  scripts = new Promise<void>((resolve) => (release = resolve));
  await early.goto('/', { waitUntil: 'commit' });
  await early.getByRole('button', { name: 'Открыть меню' }).click();
  release();
  await early.waitForLoadState('networkidle');
  await early.locator('dialog nav a[href="/managers"]').click();
  await early.waitForURL((url) => url.pathname === '/managers');
  expect(await early.locator('dialog[open]').count()).toBe(0);
  await early.setViewportSize({ width: 1280, height: 844 });
  scripts = new Promise<void>((resolve) => (release = resolve));
  await early.goto('/settings/plans', { waitUntil: 'commit' });
  await early.fill('textarea[name=text]', '2025-03 1');
  await early.fill('input[name=year]', '2031');
  const metric = early.locator('select[name=metric]');
  const last = await metric.locator('option').last().getAttribute('value');
  await metric.selectOption(last);
  release();
  await early.waitForLoadState('networkidle');
  expect(await early.inputValue('textarea[name=text]')).toBe('2025-03 1');
  expect(await early.inputValue('input[name=year]')).toBe('2031');
  expect(await metric.inputValue()).toBe(last);
  scripts = new Promise<void>((resolve) => (release = resolve));
  await early.goto('/settings/limits', { waitUntil: 'commit' });
  const rule = early.locator('input[type=checkbox]').first();
  const was = await rule.isChecked();
  await rule.click();
  release();
  await early.waitForLoadState('networkidle');
  expect(await rule.isChecked()).toBe(!was);
  scripts = new Promise<void>((resolve) => (release = resolve));
  await early.goto('/settings/people', { waitUntil: 'commit' });
  const form = early.locator('details:has(input[name=email])');
  await form.locator('summary').click();
  await form.locator('input[name=name]').fill('Анна');
  release();
  await early.waitForLoadState('networkidle');
  expect(await form.getAttribute('open')).not.toBeNull();
  expect(await form.locator('input[name=name]').inputValue()).toBe('Анна');
  await context.clearCookies();
  scripts = new Promise<void>((resolve) => (release = resolve));
  await early.goto('/login', { waitUntil: 'commit' });
  await early.fill('input[name=email]', 'early@example.com');
  release();
  await early.waitForLoadState('networkidle');
  expect(await early.inputValue('input[name=email]')).toBe('early@example.com');
  await context.close();
});

test('a system that sends by itself is judged by its signature, a foreign page by its origin', async () => {
  const post = (path: string, headers = {}) =>
    fetch(`${stack.address}${path}`, { method: 'POST', headers, body: '{}' }).then(({ status }) => status);
  expect(await post('/ingest/nobody/complaints', { 'content-type': 'application/json' })).not.toBe(403);
  expect(
    await post('/ingest/nobody/complaints', { 'content-type': 'application/json' }),
  ).toBeGreaterThanOrEqual(400);
  expect(await post('/preferences', { origin: 'https://evil.example' })).toBe(403);
});

test('what no source brings is said once, by what is missing, and leaves the rest of the page alone', async () => {
  await page.goto(`/managers?${march}`);
  const waiting = page.locator('main [data-state="not_connected"]');
  expect(await waiting.count()).toBe(1);
  const summary = waiting.locator('summary');
  expect(await summary.textContent()).toMatch(/Не подключено:.*звонки/);
  expect(await page.locator('[data-block="calls"]').count()).toBe(0);
  expect(await page.locator('[data-block="plan"][data-state="ok"]').count()).toBe(1);
  expect(await waiting.getByText('Звонки', { exact: true }).isVisible()).toBe(false);
  await summary.focus();
  await page.keyboard.press('Enter');
  await waiting.locator('[data-connect="звонки"]').getByText('Звонки').first().waitFor();
  await waiting.getByRole('link', { name: 'Как подключить' }).click();
  await page.waitForURL((url) => url.pathname === '/data');
});

test('another language changes every word and stays', async () => {
  await page.goto(`/?${march}`);
  await page.getByRole('button', { name: 'EN' }).first().click();
  await page.getByRole('heading', { name: 'The state of the company' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  expect(await page.locator('#kpi-won_amount').textContent()).toContain('₽500K');
  expect(await page.locator('main').textContent()).not.toMatch(/Выручка|Данные на|Жалобы/);
  await page.reload();
  expect(await page.locator('h1').textContent()).toBe('The state of the company');
  const [user] = await stack.query(`select locale from app.users order by created_at limit 1`);
  expect(user?.locale).toBe('en');
  await page.getByRole('button', { name: 'RU' }).first().click();
  await page.getByRole('heading', { name: 'Состояние компании' }).waitFor();
});

test.each([390, 768, 1440])('at %s pixels nothing has to be scrolled sideways', async (width) => {
  const narrow = await signIn(browser, stack, { viewport: { width, height: 844 } });
  watch(narrow, stack, complaints);
  for (const path of [`/?${march}`, `/drill/sales.won_amount?${march}&by=owner`]) {
    await narrow.goto(path);
    await chartsDrawn(narrow);
    const spare = await narrow.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(spare).toBeLessThanOrEqual(0);
  }
  // the figure of a record is in sight, however narrow the screen
  const amount = await narrow.locator('[data-records] [data-column="amount"]').first().boundingBox();
  const end = (amount?.x ?? width) + (amount?.width ?? 0);
  expect(end).toBeLessThanOrEqual(width);
  // and under each other at the edge, where figures are looked for
  expect(end).toBeGreaterThan(width * 0.8);
  const records = new AxeBuilder({ page: narrow }).include('[data-records]').withRules(['target-size']);
  expect((await records.analyze()).violations.map(({ nodes }) => nodes[0]?.html)).toEqual([]);
  await narrow.context().close();
});

test('the browser had nothing to complain about: no error, no refused style, nothing from elsewhere', () => {
  expect(complaints).toEqual([]);
});
