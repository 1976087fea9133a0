import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterDemo } from './stack.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  ({ browser, page } = await enterDemo());
}, 420_000);

afterAll(() => browser?.close());

/** What a browser lays a page of A4 out in, between margins of 12 mm. */
const papers = { upright: 703, across: 1032 };
const paths = [
  '/?period=last_month',
  '/marketing?period=last_quarter',
  '/sales?period=last_quarter',
  '/managers?period=last_month',
  '/customers?period=last_month',
  '/service?period=last_quarter',
  '/drill/sales.won_amount?period=last_month',
];

test.each(Object.entries(papers))(
  'on paper %s no table is cut off',
  async (_, width) => {
    await page.setViewportSize({ width, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    for (const path of paths) {
      await page.goto(path);
      const cut = await page
        .locator('main table')
        .evaluateAll(
          (tables, edge) =>
            tables
              .filter((table) => table.getBoundingClientRect().right > edge + 1)
              .map((table) => table.closest('[data-block]')?.getAttribute('data-block') ?? table.className),
          width,
        );
      expect(cut, path).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
        width,
      );
    }
  },
  120_000,
);
