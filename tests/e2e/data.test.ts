import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { signIn, startStack, watch, type RunningStack } from './stack.ts';

const hostile = '<img src=x onerror=alert(1)>';
/** WCAG 2.2 AA */
const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const pages = ['/data', '/data/survey', '/data/survey/quarantine'];

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  page = await signIn(browser, stack);
  watch(page, stack, complaints);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const names = ['read', 'inserted', 'updated', 'unchanged', 'duplicate', 'quarantined'] as const;

test('the menu leads to every source, with the counts that loading wrote down', async () => {
  await page.getByRole('link', { name: 'Данные', exact: true }).first().click();
  await page.waitForURL((url) => url.pathname === '/data');
  const rows = await stack.query(
    `select r.source, ${names.map((name) => `sum(s.${name})::int as ${name}`).join(', ')},
            (select count(*)::int from ops.quarantine q where q.source = r.source and resolved_at is null) as waiting
       from ops.runs r join ops.run_streams s using (run_id) group by r.source order by r.source`,
  );
  expect(rows.map(({ source }) => source)).toEqual(['ads', 'crm', 'helpdesk', 'plans', 'survey']);
  for (const row of rows) {
    const line = page.locator(`[data-sources] [data-source="${row.source}"]`);
    expect(await line.textContent()).toContain('Свежий');
    for (const name of names) {
      const shown = await line.locator(`[data-count="${name}"]`).getAttribute('data-value');
      expect([row.source, name, shown]).toEqual([row.source, name, String(row[name])]);
    }
    expect(await line.locator('[data-waiting]').getAttribute('data-waiting')).toBe(String(row.waiting));
  }
  expect(await page.locator('[data-problems]').textContent()).toContain('1 строка ждёт в карантине');
});

test('a source shows its run, which adds up, and what was found out about its file', async () => {
  await page.locator('[data-sources] [data-source="survey"] a').first().click();
  await page.waitForURL((url) => url.pathname === '/data/survey');
  const run = page.locator('[data-run]').first();
  const value = async (name: string) =>
    Number(await run.locator(`[data-count="${name}"]`).getAttribute('data-value'));
  const [read = 0, ...parts] = await Promise.all(names.map(value));
  expect(read).toBe(7);
  expect(parts.reduce((sum, one) => sum + one, 0)).toBe(read);
  expect(await run.locator('[data-gap]').getAttribute('data-gap')).toBe('0');
  expect(await run.locator('[data-detected]').textContent()).toContain('utf-8');
});

describe('quarantine', () => {
  test('a group opens to the row itself', async () => {
    const [held] = await stack.query(
      `select position, field, value from ops.quarantine where source = 'survey'`,
    );
    await page.goto('/data/survey/quarantine');
    const group = page.locator('[data-group]');
    expect(await group.count()).toBe(1);
    expect(await group.textContent()).toContain(held?.field);
    await group.click();
    const row = page.locator('[data-position]').first();
    await row.waitFor();
    expect(await row.getAttribute('data-position')).toBe(held?.position);
    expect(await row.locator('td', { hasText: held?.value ?? '' }).count()).toBeGreaterThan(0);
    expect(await group.getAttribute('aria-expanded')).toBe('true');
    await page.goBack();
    await page.locator('[data-group][aria-expanded="false"]').waitFor();
  });

  test('hostile text is only text', async () => {
    await stack.query(
      `insert into ops.quarantine (source, stream, entity, row_hash, position, row, field, value, reason, first_run_id, last_run_id)
       select 'survey', '${hostile}', 'survey_responses', 'hostile', '${hostile}',
              jsonb_build_object('${hostile}', '${hostile}'), 'score', '${hostile}', '${hostile}', 1, 1`,
    );
    await page.goto('/data/survey/quarantine');
    await page.locator('[data-group]', { hasText: hostile }).click();
    const row = page.locator('[data-position]').first();
    await row.waitFor();
    expect(await row.locator('tbody th').textContent()).toBe(hostile);
    expect(await row.locator('tbody td').textContent()).toContain(hostile);
    expect(await page.locator('img').count()).toBe(0);
  });
});

test('a source that fails comes first, with the sentence', async () => {
  await stack.query(
    `update ops.sources set failures = 3, error = 'the file is gone ${hostile}' where source = 'plans'`,
  );
  await page.goto('/data');
  const first = page.locator('[data-sources] [data-source]').first();
  expect(await first.getAttribute('data-source')).toBe('plans');
  expect(await first.textContent()).toContain('Не загружается');
  expect(await page.locator('[data-sources]').textContent()).toContain(`the file is gone ${hostile}`);
  expect(await page.locator('[data-problems]').textContent()).toMatch(/^\s*1 источник не загружается; /);
  await stack.query(`update ops.sources set failures = 0, error = null where source = 'plans'`);
});

test('in English no word is left in Russian', async () => {
  await page.context().addCookies([{ name: 'pulse_locale', value: 'en', url: stack.address }]);
  for (const path of pages) {
    await page.goto(path);
    expect(await page.locator('main').textContent()).not.toMatch(/[А-Яа-я]{3}/);
  }
  await page.context().addCookies([{ name: 'pulse_locale', value: 'ru', url: stack.address }]);
});

test.each([
  [390, 'light'],
  [768, 'dark'],
  [1440, 'dark'],
] as const)(
  'at %s pixels, %s: nothing to scroll sideways, nothing in the way of anybody',
  async (width, colorScheme) => {
    const other = await signIn(browser, stack, { viewport: { width, height: 844 }, colorScheme });
    watch(other, stack, complaints);
    for (const path of pages) {
      await other.goto(path);
      await openFirst(other);
      const spare = await other.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(spare).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page: other }).withTags(standard).analyze();
      expect(violations.map(({ id, nodes }) => [path, id, nodes[0]?.html])).toEqual([]);
    }
    const shown = await other.goto('/data').then(() => other.locator('[data-cards]').isVisible());
    expect(shown).toBe(width < 1400);
    await other.context().close();
  },
);

test('an unknown source is not found', async () => {
  expect((await page.goto('/data/nothing'))?.status()).toBe(404);
  expect(await page.locator('h1').textContent()).toBe('Такого источника нет.');
});

test('before anything is loaded the page says what to do', async () => {
  await stack.query(`create table ops.kept as select * from ops.sources`);
  await stack.query(`delete from ops.sources`);
  await page.goto('/data');
  expect(await page.locator('main').textContent()).toContain('npm run pulse -- etl run');
  await stack.query(`insert into ops.sources select * from ops.kept`);
  await stack.query(`drop table ops.kept`);
});

test.each(['head', 'manager'])('a %s is told that this is not for them', async (role) => {
  await stack.query(`update app.users set role = '${role}'`);
  // a process that has just seen somebody looks again within a second
  await expect.poll(async () => (await page.goto('/data'))?.status(), { timeout: 5000 }).toBe(403);
  for (const path of pages) {
    expect((await page.goto(path))?.status()).toBe(403);
    expect(await page.locator('h1').textContent()).toContain('видят только руководители');
    expect(await page.locator('main').textContent()).not.toContain('survey');
    expect(await inData(path)).toBe(false);
  }
  expect(await page.locator('nav a[href="/data"]').count()).toBe(0);
  await stack.query(`update app.users set role = 'admin'`);
  await expect.poll(async () => (await page.goto('/data'))?.status(), { timeout: 5000 }).toBe(200);
});

/** What is folded away must be as good as what is not. */
async function openFirst(page: Page): Promise<void> {
  const group = page.locator('[data-group]').first();
  if (!(await group.count())) return;
  await group.click();
  await page.locator('[data-position]').first().waitFor();
}

/** Whether what the page would fetch for itself gives the sources away. */
async function inData(path: string): Promise<boolean> {
  return /survey|"runs"/.test(await (await page.request.get(`${path}/__data.json`)).text());
}

test('the browser had nothing to complain about', () => {
  expect(complaints.filter((text) => !/40[34]/.test(text))).toEqual([]);
});
