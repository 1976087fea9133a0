import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { formatValue } from '../../src/lib/format.ts';
import { runPulse } from '../harness/stack.ts';
import { enterDemo, type RunningStack } from './stack.ts';

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo(complaints));
}, 300_000);

afterAll(async () => {
  await browser.close();
});

const saved = () => page.waitForURL(/\/reports\/[0-9a-f-]{36}\?saved/);

test('a page is put on a schedule with its filters, changed, looked at, paused and deleted', async () => {
  await page.goto('/sales?period=last_month');
  await page.getByRole('link', { name: 'Отправлять по расписанию' }).click();
  await page.waitForURL(/\/reports\/new/);
  expect(await page.locator('a[href="/sales?period=last_month"]').count()).toBe(1);
  await page.fill('input[name=title]', 'Отчёт <img src=x onerror=alert(1)>');
  await page.selectOption('select[name=frequency]', 'monthly');
  await page.selectOption('select[name=day]', 'last_workday');
  await page.selectOption('select[name=timezone]', 'Europe/Moscow');
  await page.waitForFunction(() => document.querySelectorAll('[data-next] li').length === 5);
  await page.locator('input[name=who]').nth(1).fill('someone@example.org');
  await page.click('button:has-text("Сохранить")');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('reports.allowed_domains');
  // nothing has to be typed twice
  expect(await page.inputValue('select[name=day]')).toBe('last_workday');
  const suggested = await page.locator('#recipients option').first().getAttribute('value');
  await page
    .locator('input[name=who]')
    .nth(1)
    .fill(suggested ?? '');
  await Promise.all([saved(), page.click('button:has-text("Сохранить")')]);

  const id = /reports\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  const [row] = await stack.query(
    `select cron, workday, page, state, timezone, recipients #>> '{1,group}' as group from app.schedules where id = '${id}'`,
  );
  expect(row).toEqual({
    cron: '0 9 * * *',
    workday: 'last',
    page: 'sales',
    state: 'period=last_month',
    timezone: 'Europe/Moscow',
    group: 'role:executive',
  });

  const preview = await page.context().newPage();
  const answer = await preview.goto(`/reports/${id}/preview?as=&locale=en`);
  expect(answer?.status()).toBe(200);
  const mail = await preview.locator('body').innerText();
  await preview.goto('/sales?period=last_month');
  const figures = preview.locator('.figures-grid [data-value]');
  const values = await figures.evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-value'))));
  expect(values.length).toBeGreaterThan(3);
  // the first is money won: the page's own number, printed by the mail
  expect(mail).toContain(formatValue(values[0] ?? null, 'money', { locale: 'en', currency: 'RUB' }));
  const [won] = await stack.query(
    `select sum(amount) as sum from core.fct_deals d where status = 'won' and not d.is_test and not d.is_deleted
        and date_trunc('month', closed_at at time zone 'Europe/Moscow')
          = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`,
  );
  expect(values[0]).toBeCloseTo(Number(won?.sum), 0);
  await preview.close();

  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(found.violations.map(({ id: rule, nodes }) => `${rule} ${nodes[0]?.html}`)).toEqual([]);
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.click('button:has-text("Приостановить")');
  await page.waitForSelector('button:has-text("Возобновить")');
  await page.goto('/reports');
  expect(await page.locator(`[data-schedule="${id}"]`).textContent()).toContain('<img src=x');
  await page.goto(`/reports/${id}`);
  await Promise.all([
    page.waitForURL(/\/reports\?removed/),
    page.click('button:has-text("Удалить"):not([aria-label])'),
  ]);
  expect(await stack.query(`select 1 from app.schedules where id = '${id}'`)).toEqual([]);
  const audit = await stack.query(`select action from app.audit where subject = '${id}' order by id`);
  expect(audit.map(({ action }) => action)).toEqual([
    'report_saved',
    'report_previewed',
    'report_paused',
    'report_removed',
  ]);
  // the browser notes the form that was refused
  expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
}, 300_000);

test('a link of a mail that is not ours opens nothing', async () => {
  const post = (path: string) =>
    fetch(`${stack.address}${path}`, { method: 'POST', headers: { origin: stack.address }, body: 'nothing' });
  expect((await post('/files/bm90aGluZw.bm90aGluZw/take')).status).toBe(404);
  expect(await (await post('/bounces')).json()).toEqual({ known: false });
  await page.goto('/files/bm90aGluZw.bm90aGluZw');
  expect(await page.locator('h1').textContent()).toContain('больше не действует');
  await page.goto('/unsubscribe/bm90aGluZw.bm90aGluZw');
  expect(await page.locator('h1').textContent()).toContain('больше не действует');
}, 120_000);

test('a command prints what a person sees, and never the door to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-paper-'));
  const file = join(folder, 'sales.pdf');
  const render = (...who: string[]) =>
    runPulse(['report', 'render', 'sales', '--out', file, ...who], stack.home).ended;
  try {
    const { code, stderr } = await render();
    expect(code).toBe(2);
    expect(stderr).toContain('--as');
    expect(existsSync(file)).toBe(false);
    expect(await render('--as', 'admin@pulse.local')).toMatchObject({ code: 0 });
    const pdf = await getDocumentProxy(new Uint8Array(readFileSync(file)));
    const { text } = await extractText(pdf, { mergePages: true });
    await page.goto('/sales');
    const value = Number(await page.locator('#figure-won_amount').getAttribute('data-value'));
    const plain = (said: string) => said.replace(/\s/g, '');
    expect(value).toBeGreaterThan(0);
    expect(plain(text)).toContain(plain(formatValue(value, 'money', { locale: 'ru', currency: 'RUB' })));
    expect(text).not.toContain('Пароль');
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000);
