import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { expectSound } from './board.ts';
import { addPerson, signIn, speak, startStack, type RunningStack } from './stack.ts';

let stack: RunningStack;
let browser: Browser;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack('tests/fixtures/empty/pulse.yaml'), openBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const pages = ['/', '/marketing', '/sales', '/managers', '/customers', '/service'];

test.each([1440, 390])(
  'at %s pixels each page of an empty company says once what to connect, and leads there',
  async (width) => {
    const page = await signIn(browser, stack, { viewport: { width, height: 844 } });
    for (const path of pages) {
      await expectSound(page, path, /connect|loaded/i);
      expect(await page.locator('main').getByText('подключите', { exact: false }).count(), path).toBe(1);
      expect(await page.locator('main [data-state="not_connected"]').count(), path).toBe(1);
      expect(await page.locator('[data-connect]').count(), path).toBeGreaterThan(0);
      const height = await page.evaluate(() => document.documentElement.scrollHeight);
      expect(height, path).toBeLessThan(1100);
    }
    await page.goto('/sales');
    // which data bring what, e.g. plans the page's plan
    expect(await page.locator('[data-connect="планы"]').textContent()).toContain('План');
    await page.getByRole('link', { name: 'Как подключить' }).click();
    await page.waitForURL((url) => url.pathname === '/data');
    expect(await page.locator('main').textContent()).toContain('config init');
    await speak(page, 'en');
    for (const path of pages) await expectSound(page, path, /подключ|загруж/i);
    await page.context().close();
  },
  120_000,
);

test('who may not see data is told whom to ask', async () => {
  const head = await addPerson(stack, 'head@example.com', 'head');
  const page = await signIn(browser, stack, {}, head);
  await page.goto('/sales');
  expect(await page.locator('main a[href="/data"]').count()).toBe(0);
  expect(await page.locator('main').textContent()).toContain('может администратор');
  await page.context().close();
});
