import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { chartsDrawn, type RunningStack } from './stack.ts';

/** The number in a cell of a table, by the row's name and the column's key. */
export async function cellOf(page: Page, table: string, row: string, column: string): Promise<number> {
  const cell = page.locator(`[data-block="${table}"] tr[data-row="${row}"] [data-cell="${column}"]`);
  return Number(await cell.first().getAttribute('data-value'));
}

/** The names that a table lists. */
export function rowsOf(page: Page, table: string): Promise<string[]> {
  return page
    .locator(`[data-block="${table}"] tbody tr`)
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row') ?? ''));
}

export async function sqlNumber(stack: RunningStack, sql: string): Promise<number> {
  const [row] = await stack.query(sql);
  return Number(Object.values(row ?? {})[0]);
}

/** A link, and the figure of the page it leads to, which must be the one that was clicked. */
export async function follow(page: Page, link: string): Promise<void> {
  const cell = page.locator(link).first();
  const shown = Number(await cell.getAttribute('data-value'));
  await Promise.all([
    page.waitForURL((url) => url.pathname.startsWith('/drill/')),
    cell.locator('a').click(),
  ]);
  const head = page.locator('[data-drill-value]');
  await head.waitFor();
  expect(Number(await head.getAttribute('data-drill-value'))).toBeCloseTo(shown, 4);
}

/** Nothing failed, nothing to be scrolled sideways, nothing that axe finds, and no word of the other language. */
export async function expectSound(page: Page, path: string, other: RegExp): Promise<void> {
  await page.goto(path);
  await chartsDrawn(page);
  expect(await page.locator('[data-state="failed"]').count()).toBe(0);
  const spare = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(spare).toBeLessThanOrEqual(0);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  const titles = await page.locator('main h1, main h2, main h3, main th[scope=col]').allTextContents();
  expect(titles.filter((title) => other.test(title))).toEqual([]);
}
