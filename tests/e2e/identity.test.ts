import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { signIn, startStack, type RunningStack } from './stack.ts';

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const folder = mkdtempSync(join(tmpdir(), 'pulse-identity-'));
const config = join(folder, 'pulse.yaml');
const files = {
  'crm.csv':
    'id,name,phone\n1,Acme,+7 916 000-00-01\n2,Beta,+7 495 120-40-00\n3,Gamma,+7 495 120-40-00\n4,Delta,+7 495 120-41-00\n5,Epsilon,+7 495 120-41-00\n',
  'desk.csv':
    'id,name,phone\na,ACME,8 916 000 00 01\nb,<img src=x onerror=alert(1)>,84951204000\nc,Delta?,84951204100\n',
};
const source = (name: string): string => `
  ${name}:
    kind: files
    path: ./${name}.csv
    streams:
      - name: customers
        entity: customers
        fields: { source_id: id, name: name, phone: phone }`;

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const pulse = (...args: string[]) =>
  promisify(execFile)(process.execPath, ['bin/pulse.js', ...args], {
    env: { ...process.env, NODE_ENV: '', PULSE_HOME: stack.home, PULSE_CONFIG: config },
  });
const question = (value: string) => page.locator(`[data-question="phone ${value}"]`);
const open = async () => (await stack.query('select open from ops.identity_counts'))[0]?.open;

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  writeFileSync(
    config,
    `reporting: { timezone: Europe/Moscow, currency: RUB }\nsources:${source('crm')}${source('desk')}\n`,
  );
  [stack, browser] = await Promise.all([startStack(config), openBrowser()]);
  page = await signIn(browser, stack);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(`dialog: ${dialog.message()}`));
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('the page of data leads to what was joined, why, and what is open', async () => {
  await page.goto('/data');
  await page.locator('[data-identity]').click();
  await page.waitForURL((url) => url.pathname === '/data/identity');
  expect(await page.locator('[data-match="crm/1"] [data-member]').count()).toBe(2);
  expect(await page.locator('[data-match="crm/1"]').textContent()).toContain('+79160000001');
  expect(await page.locator('[data-question]').count()).toBe(2);
  expect(await question('+74951204000').locator('[data-pair]').count()).toBe(2);
});

test(
  'a decision by keyboard is kept, and remembered by the next load and the one after',
  { timeout: 240_000 },
  async () => {
    const same = question('+74951204000').locator('[data-verdict=same]').first();
    await same.focus();
    await page.keyboard.press('Enter');
    await page.locator('[data-decision=same] [data-waits]').waitFor();
    expect(await page.locator('[role=status]').textContent()).toContain('вступит в силу');
    for (let loads = 1; loads <= 2; loads++) {
      await pulse('etl', 'run');
      await page.reload();
      expect(await page.locator('[data-decision=same] [data-waits]').count()).toBe(0);
      expect(await page.locator('[data-match="crm/2"] [data-member="desk/b"]').count()).toBe(1);
      expect(await question('+74951204000').count()).toBe(0);
      expect(await open()).toBe(1);
    }
  },
);

test(
  'a number that is nobody’s own is settled by one click, until that is taken back',
  { timeout: 240_000 },
  async () => {
    await question('+74951204100').locator('[data-verdict=common]').click();
    await question('+74951204100').locator('[data-waits]').waitFor();
    expect(await page.locator('[data-decision=common]').textContent()).toContain('+74951204100');
    await pulse('etl', 'run');
    await page.reload();
    expect(await page.locator('[data-question]').count()).toBe(0);
    await page.locator('[data-decision=common] [data-verdict=personal]').click();
    await page.locator('[data-decision=undecided]').waitFor();
    await pulse('etl', 'run');
    await page.reload();
    expect(await question('+74951204100').count()).toBe(1);
  },
);

test('who is no administrator sees it all and decides nothing', { timeout: 240_000 }, async () => {
  const { stdout } = await pulse('user', 'add', 'boss@example.com', '--role', 'executive', '--json');
  const { password } = JSON.parse(stdout) as { password: string };
  const context = await browser.newContext({ baseURL: stack.address, locale: 'ru-RU' });
  const boss = await context.newPage();
  await boss.goto('/login');
  await boss.fill('input[name=email]', 'boss@example.com');
  await boss.fill('input[name=password]', password);
  await Promise.all([boss.waitForURL((url) => url.pathname === '/'), boss.click('main button')]);
  await boss.goto('/data/identity');
  expect(await boss.locator('[data-question]').count()).toBe(1);
  expect(await boss.locator('[data-verdict]').count()).toBe(0);
  const before = await stack.query('select * from ops.identity_decisions');
  const form = { subject: 'customers', source_a: 'crm', id_a: '4', source_b: 'desk', id_b: 'c' };
  // As a form is sent without a script.
  const headers = { origin: stack.address, accept: 'text/html' };
  const answer = await context.request.post('/data/identity', {
    form: { ...form, verdict: 'same' },
    headers,
  });
  expect(answer.status()).toBe(403);
  const value = { subject: 'customers', kind: 'phone', value: '+74951204100', verdict: 'common' };
  expect((await context.request.post('/data/identity', { form: value, headers })).status()).toBe(403);
  expect(await stack.query('select * from ops.identity_decisions')).toEqual(before);
  expect(await stack.query('select * from ops.common_identifiers where is_common')).toEqual([]);
  await context.close();
});

test.for([1440, 768, 390])('at %i pixels nothing overflows, in light and dark', async (width) => {
  await page.setViewportSize({ width, height: 900 });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto('/data/identity');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    const { violations } = await new AxeBuilder({ page }).withTags(standard).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  }
});

test('nothing ran that a name had in it, and nothing failed in the browser', () => {
  expect(complaints).toEqual([]);
});
