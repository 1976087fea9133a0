import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { addPerson, enterDemo, signIn, speak, type RunningStack } from './stack.ts';

// one stack for all files of a run: a single step may have to wait for others
vi.setConfig({ testTimeout: 240_000 });

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo(complaints));
}, 600_000);

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  await speak(page, 'en');
  await page.goto('/metrics');
  // the page has come alive when its keys are heard
  await page.waitForFunction(() => document.querySelector('nav a[aria-current="page"]') !== null);
});

const input = () => page.getByRole('combobox');

async function open(on = page): Promise<void> {
  await expect
    .poll(
      async () => {
        if ((await on.getByRole('combobox').count()) === 0) await on.keyboard.press('Control+k');
        return on.getByRole('combobox').count();
      },
      { timeout: 60_000, interval: 1000 },
    )
    .toBe(1);
  await on.getByRole('combobox').waitFor();
}

async function go(text: string, path: RegExp): Promise<void> {
  await open();
  await input().fill(text);
  await page.locator('[role="option"][aria-selected="true"]').waitFor();
  await expect.poll(() => page.locator('[role="option"]').first().innerText()).toBeTruthy();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => path.test(url.pathname + url.search));
}

test('leads to pages and metrics in either language, with a slip of the finger too', async () => {
  await go('менеджеры', /^\/managers$/);
  await open();
  await page.locator('[data-command^="metric "]').first().waitFor({ state: 'detached' });
  await input().fill('won amont');
  await page.locator('[data-command="metric sales.won_amount"]').click();
  await page.waitForURL('**/drill/sales.won_amount');
  // and what was chosen stands among the recent the next time
  await open();
  await page.locator('[role="group"]').first().getByText('Won amount').waitFor();
  await page.keyboard.press('Escape');
  expect(await input().count()).toBe(0);
});

test('leads to people and customers by name, by the arrows, and only to those one may see', async () => {
  const [deal] = await stack.query(
    `select c.name as customer, e.name as owner, e.email from core.fct_deals d
       join core.dim_customers c using (customer_key) join core.dim_employees e on e.employee_key = d.owner_key
      where e.email is not null and c.name is not null order by d.deal_key limit 1`,
  );
  const [foreign] = await stack.query(
    `select c.name as customer from core.dim_customers c
      where length(c.name) > 8 and exists (select from core.fct_deals d where d.customer_key = c.customer_key)
        and not exists (select from core.fct_deals d join core.dim_employees e on e.employee_key = d.owner_key
          where d.customer_key = c.customer_key and e.email = '${deal?.email}') order by 1 limit 1`,
  );
  await open();
  await input().fill(deal?.customer ?? '');
  await page
    .locator('[data-command^="customer "]')
    .filter({ hasText: deal?.customer ?? '' })
    .first()
    .waitFor();
  await input().fill(deal?.owner ?? '');
  await page.locator(`[data-command="manager ${deal?.owner}"]`).waitFor();
  await input().fill('');
  const first = await input().getAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowDown');
  expect(await input().getAttribute('aria-activedescendant')).not.toBe(first);
  const person = await addPerson(stack, deal?.email ?? '', 'manager');
  const own = await signIn(browser, stack, {}, person);
  const ask = async (q: string) =>
    (await (await own.request.get(`/palette?${new URLSearchParams({ q })}`)).json()) as { title: string }[];
  expect((await ask(deal?.customer ?? '')).map(({ title }) => title)).toContain(deal?.customer);
  expect(await ask(foreign?.customer ?? '')).toEqual([]);
  const all = (await (await own.request.get('/palette')).json()) as {
    entries: { kind: string; title: string }[];
  };
  expect(all.entries.filter(({ kind }) => kind === 'source')).toEqual([]);
  expect(all.entries.filter(({ kind }) => kind === 'person').map(({ title }) => title)).toContain(
    deal?.owner,
  );
  const people = all.entries.filter(({ kind }) => kind === 'person');
  expect(people.length).toBeLessThanOrEqual(2);
  await own.context().close();
});

test('does things: the theme changes at once', async () => {
  await open();
  await input().fill('dark theme');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
  await open();
  await input().fill('светлая тема');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
});

test('keys go to pages, show themselves, and never take a letter from a field', async () => {
  await open();
  await page.keyboard.press('Escape');
  await input().waitFor({ state: 'detached' });
  // the second key has to come within a moment, which a busy machine may not manage at once
  const reached = async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    return new URL(page.url()).pathname;
  };
  await expect.poll(reached, { timeout: 60_000, interval: 2000 }).toBe('/sales');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  expect(await page.evaluate(() => document.activeElement?.textContent?.trim())).toMatch(/^Filters/);
  // the same keys with a Russian layout
  await page.evaluate(() => {
    for (const [key, code] of [
      ['п', 'KeyG'],
      ['ь', 'KeyM'],
    ])
      document.body.dispatchEvent(
        new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true }),
      );
  });
  await page.waitForURL((url) => url.pathname === '/managers');
  await page.goto('/metrics');
  const field = page.locator('main input[type="search"]').first();
  await field.click();
  await field.pressSequentially('gs?/gm');
  expect(await field.inputValue()).toBe('gs?/gm');
  expect(new URL(page.url()).pathname).toBe('/metrics');
});

test('axe finds nothing with the palette or the shortcuts open, light or dark, and the policy refuses nothing', async () => {
  await page.goto('/views');
  const sound = async () => {
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
  };
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await open();
    await input().fill('sales');
    await page.locator('[role="option"]').first().waitFor();
    await sound();
    await page.keyboard.press('Escape');
    // what is pressed while it goes is still typed into it
    await input().waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await shortcuts.waitFor();
    await sound();
    await page.keyboard.press('Escape');
    await shortcuts.waitFor({ state: 'hidden' });
  }
  expect(complaints).toEqual([]);
});
