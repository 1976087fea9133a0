import type { Browser, Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { screenCookie } from '#lib/screen.ts';
import { chartsDrawn, enterDemo, signIn, type RunningStack } from './stack.ts';

const complaints: string[] = [];
const { stack, browser, page }: { stack: RunningStack; browser: Browser; page: Page } =
  await enterDemo(complaints);
const query = '?period=last_month';
const paths = ['/', '/sales', '/marketing', '/managers', '/customers', '/service', '/drill/sales.won_amount'];

afterAll(() => browser.close());

/** A window that runs no script; `told` is what an earlier page has told of it. */
async function still(width: number, told = true): Promise<Page> {
  const storageState = await page.context().storageState();
  const context = await browser.newContext({
    baseURL: stack.address,
    storageState: {
      ...storageState,
      cookies: storageState.cookies.filter(({ name }) => name !== screenCookie),
    },
    viewport: { width, height: 900 },
    javaScriptEnabled: false,
  });
  // what is kept free for a scrollbar
  const gutter = await page.evaluate(() => innerWidth - document.body.clientWidth);
  const value = `${width}x${width - gutter}`;
  if (told) await context.addCookies([{ name: screenCookie, value, url: stack.address }]);
  return context.newPage();
}

/** Of each chart that is shown, how wide it was drawn and how wide it stands. */
const widths = (one: Page) =>
  one
    .locator('[data-chart]')
    .evaluateAll((all) =>
      all
        .filter((chart) => chart.clientWidth)
        .map((chart) => [chart.querySelector('svg')?.viewBox.baseVal.width ?? 0, chart.clientWidth] as const),
    );

test.each([390, 768, 1024, 1440])(
  'without any script each chart is there and fits at %s pixels',
  async (width) => {
    const bare = await still(width);
    for (const path of paths) {
      await bare.goto(path + query);
      const found = await widths(bare);
      expect(found.length, path).toBeGreaterThan(0);
      for (const [drawn, room] of found)
        expect(Math.abs(drawn - room), `${path}: ${drawn} in ${room}`).toBeLessThan(3);
    }
    await bare.context().close();
  },
  120_000,
);

test('without any script a bar leads to its part', async () => {
  const bare = await still(1440);
  await bare.goto(`/${query}`);
  await bare.locator('#chart-won_parts [data-row="0"]').click();
  await bare.waitForURL((url) => url.pathname === '/drill/sales.won_amount' && url.searchParams.has('part'));
  await bare.context().close();
});

test('what stands before a script stays as it is once there is one', async () => {
  const texts = async (one: Page) => {
    await one.goto(`/marketing${query}`);
    return one.locator('[data-chart] svg').evaluateAll((all) => all.map(({ outerHTML }) => outerHTML));
  };
  await page.goto('/settings/account');
  await chartsDrawn(page);
  const bare = await still(1440);
  const alive = await texts(page);
  await page.waitForLoadState('networkidle');
  expect(alive.length).toBeGreaterThan(0);
  expect(await texts(bare)).toEqual(alive);
  await bare.context().close();
});

test('a window nobody has told of gets its own charts, and nothing is shifted', async () => {
  const bare = await still(900, false);
  const state = await bare.context().storageState();
  await bare.context().close();
  const context = await browser.newContext({
    baseURL: stack.address,
    storageState: state,
    viewport: { width: 900, height: 900 },
  });
  const first = await context.newPage();
  await first.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        (window as unknown as { shift: number }).shift += (
          entry as PerformanceEntry & { value: number }
        ).value;
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await first.goto(`/${query}`);
  await chartsDrawn(first);
  expect(await first.evaluate(() => (window as unknown as { shift: number }).shift)).toBe(0);
  // a window that is dragged has them drawn anew
  await first.setViewportSize({ width: 1300, height: 900 });
  await chartsDrawn(first);
  expect((await widths(first))[0]?.[0]).toBeGreaterThan(900);
  await context.close();
});

test('what is pointed at is told, by keyboard too, and followed', async () => {
  await page.goto(`/${query}`);
  const chart = page.locator('#chart-won_parts');
  await chart.locator('[data-row="1"]').hover();
  const tip = chart.locator('.chart-tip');
  await tip.waitFor();
  const [name = ''] = await chart.locator('[data-chart] text').allTextContents();
  expect(await tip.textContent()).toMatch(/₽/);
  await page.mouse.move(0, 0);
  await tip.waitFor({ state: 'detached' });
  await chart.getByRole('application').focus();
  await page.keyboard.press('ArrowDown');
  expect(await chart.locator('[aria-live]').textContent()).toContain(name.replace(/[….].*/, '').slice(0, 8));
  const href = await chart.locator('a[data-row="0"]').getAttribute('href');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname + url.search === href);
});

test('a tap on a course tells first, and follows when it is repeated', async () => {
  const phone = await signIn(browser, stack, { viewport: { width: 390, height: 844 }, hasTouch: true });
  await phone.goto(`/explore${query}&show=sales.won_amount&by=time&grain=week&as=chart`);
  await phone.waitForLoadState('networkidle');
  const region = phone.locator('a[data-row="1"]').first();
  await region.tap();
  await phone.locator('.chart-tip').waitFor();
  expect(new URL(phone.url()).pathname).toBe('/explore');
  await region.tap();
  await phone.waitForURL((url) => url.pathname !== '/explore');
  await phone.context().close();
});

test('another filter brings other charts without the page being loaded anew', async () => {
  await page.goto(`/sales${query}`);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => Object.assign(window, { kept: true }));
  const picture = () => page.locator('[data-chart]').first().innerHTML();
  const before = await picture();
  await page.locator('a[data-choice]').nth(1).click();
  await page.waitForFunction((old) => document.querySelector('[data-chart]')?.innerHTML !== old, before);
  expect(await page.evaluate(() => 'kept' in window)).toBe(true);
  const button = page.locator('section[id^="chart-"] button[aria-pressed]').first();
  await button.click();
  await button.click();
  expect(await page.locator('[data-chart] svg').first().isVisible()).toBe(true);
});

test('the theme is followed by itself, and paper is light', async () => {
  await page.goto(`/${query}`);
  const colour = () =>
    page
      .locator('[data-chart] text')
      .first()
      .evaluate((text) => getComputedStyle(text).fill);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await colour();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await colour()).not.toBe(light);
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  expect(await colour()).toBe(light);
  await page.emulateMedia({ colorScheme: null, media: null });
});

test('the browser had nothing to complain about', () => expect(complaints).toEqual([]));
