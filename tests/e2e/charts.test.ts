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
  await chart.locator('[data-chart-menu]').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.pathname + url.search === href);
});

test('a click on a part filters the page by it, and back takes the filter away', async () => {
  await page.goto(`/${query}`);
  await page.waitForLoadState('networkidle');
  const figure = page.locator('#kpi-won_amount');
  const whole = await figure.getAttribute('data-value');
  const chart = page.locator('#chart-won_parts');
  const part = new URL((await chart.locator('a[data-row="0"]').getAttribute('href')) ?? '', stack.address);
  const team = part.searchParams.get('part');
  await chart.locator('[data-row="0"]').click();
  const menu = chart.locator('[data-chart-menu]');
  expect(await menu.textContent()).toContain(team);
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'detached' });
  await chart.locator('[data-row="0"]').click();
  await menu.getByRole('link').first().click();
  await page.waitForURL((url) => url.pathname === '/' && url.searchParams.get('team') === team);
  await expect.poll(() => figure.getAttribute('data-value')).not.toBe(whole);
  await page.goBack();
  await expect.poll(() => figure.getAttribute('data-value')).toBe(whole);
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

const kinds: [kind: string, path: string, chart: string][] = [
  ['course', '/?period=last_month', '#chart-won_trend'],
  ['bars', '/?period=last_month', '#chart-lost_parts'],
  ['funnel', '/sales?period=last_quarter', '[id^="chart-"]:has([data-row])'],
  ['points', '/managers?period=last_month', '[id^="chart-"]:has(circle)'],
  [
    'course of many',
    '/explore?period=last_year&show=sales.won_amount&by=owner,time&grain=month&as=chart',
    '[id^="chart-"]',
  ],
];

test.each(kinds)(
  'a %s tells each row to a pointer, to a finger and to the keyboard, and leads on',
  async (_, path, id) => {
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    const chart = page.locator(id).first();
    const row = chart.locator('[data-row="1"]');
    await row.hover({ force: true });
    const tip = await chart.locator('.chart-tip').textContent();
    expect(tip).toMatch(/\d/);
    await page.mouse.move(0, 0);
    await chart.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const spoken = (await chart.locator('[aria-live]').textContent()) ?? '';
    expect(spoken).toMatch(/\d/);
    // what a screen reader hears is what the eye sees
    const title = (await chart.locator('.chart-tip-title').textContent()) ?? '';
    expect(spoken.startsWith(title)).toBe(true);
    const leads = (await chart.locator('a[data-row]').count()) > 0;
    const before = page.url();
    await page.keyboard.press('Enter');
    if (leads)
      await expect
        .poll(async () => page.url() !== before || (await chart.locator('[data-chart-menu]').count()) === 1)
        .toBe(true);
    const phone = await signIn(browser, stack, { viewport: { width: 390, height: 844 }, hasTouch: true });
    await phone.goto(path);
    await phone.waitForLoadState('networkidle');
    const small = phone.locator(id).first();
    if (await small.isVisible()) {
      const at = phone.url();
      await small.locator('[data-row="1"]').tap({ force: true });
      const answer = small.locator('.chart-tip, [data-chart-menu]');
      await expect.poll(async () => phone.url() !== at || (await answer.count()) > 0).toBe(true);
      // and the same as a table, for whoever cannot see it
      await phone.goto(path);
      await phone.waitForLoadState('networkidle');
      await small.locator('button[aria-pressed]').tap();
      expect(await small.locator('table tbody tr').count()).toBeGreaterThan(1);
    }
    await phone.context().close();
  },
  60_000,
);

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
