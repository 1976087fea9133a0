import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { simpleParser } from 'mailparser';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { waitUntil } from '../harness/processes.ts';
import { openServer, type TestServer } from '../integration/reports-server.ts';
import { addPerson, signIn, startStack, type RunningStack } from './stack.ts';

let stack: RunningStack;
let browser: Browser;
let page: Page;
let mail: TestServer;

/** Mail needs to know the address before the product listens on it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

beforeAll(async () => {
  const port = String(await freePort());
  mail = await openServer();
  const env = { PORT: port, ORIGIN: `http://127.0.0.1:${port}`, SMTP_URL: mail.url };
  [stack, browser] = await Promise.all([startStack(null, env), openBrowser()]);
  // the worker's rules have looked at the first load
  await waitUntil(
    () => stack.query('select checked_at, failed::text from app.incident_watch'),
    ([row]) => Boolean(row?.checked_at) && row?.failed === '{}',
    180_000,
  );
  page = await signIn(browser, stack);
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  await mail?.close();
});

/** Each story of demo/STORIES.md: what the home page says of it, and what stands where its link leads. */
const stories: [story: string, rule: string, said: RegExp, there: RegExp][] = [
  [
    'a campaign burns money',
    'campaign_loss',
    /Широкая аудитория: подарок за заявку/,
    /Широкая аудитория: подарок за заявку/,
  ],
  ['a manager does not call back', 'answers_late', /Игорь Лапшин.*Не перезвонили/s, /Игорь Лапшин/],
  ['deals rot in a stage', 'stage_stuck', /Согласование договора/, /Согласование договора/],
  ["a product's complaints rise", 'complaints_rise', /ДГ-60.*Брак/s, /ДГ-60/],
  ['a plan fails', 'plan_behind', /Урал и Сибирь.*Уволились: .*Шубин/s, /Урал и Сибирь/],
  ['turnover bought with discounts', 'margin_low', /Дарья Ковалёва/, /Дарья Ковалёва/],
];

describe('the home page begins with what is wrong', () => {
  test.each(stories)('%s', async (_, rule, said, there) => {
    await page.goto('/');
    const line = page.locator(`#incidents [data-incident="${rule}"]`).filter({ hasText: said }).first();
    await line.waitFor();
    // why is told when it is asked for
    await line.locator('button').click();
    expect(await line.innerText()).toMatch(said);
    await line.locator('a').click();
    await page.waitForURL(/\/drill\//);
    await page.locator('main', { hasText: there }).waitFor();
    // nothing of the link was dropped, and there are records behind it
    expect(await page.locator('[data-notice]').count()).toBe(0);
    expect(await page.locator('main table tbody tr').count()).toBeGreaterThan(0);
  });

  test('the costliest first, before any other figure', async () => {
    await page.goto('/');
    const stakes = await page
      .locator('#incidents [data-stake]')
      .evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('data-stake'))));
    expect(stakes.length).toBeGreaterThan(4);
    expect(stakes).toEqual([...stakes].sort((a, b) => b - a));
    const top = async (selector: string) => (await page.locator(selector).first().boundingBox())?.y ?? 0;
    expect(await top('#incidents')).toBeLessThan(await top('#kpi-won_amount'));
  });
});

test('is acknowledged by keyboard alone, with a comment', async () => {
  await page.goto('/incidents');
  const entry = page.locator('[data-group=open] [data-rule=margin_low]');
  await entry.locator('input[name=comment]').focus();
  await page.keyboard.type('Поговорю с ней <b>сегодня</b>');
  await page.keyboard.press('Enter');
  const taken = page.locator('[data-group=acknowledged] [data-rule=margin_low]');
  await taken.waitFor();
  expect(await taken.locator('[data-acknowledged]').innerText()).toContain('Поговорю с ней <b>сегодня</b>');
  const [row] = await stack.query(`select state, comment from app.incidents where rule = 'margin_low'`);
  expect(row).toEqual({ state: 'acknowledged', comment: 'Поговорю с ней <b>сегодня</b>' });
});

test('from the data to the mail, and from its link to the page', async () => {
  const boss = await addPerson(stack, 'boss@example.com', 'executive');
  // as if the rules had not looked yet: the next minute does
  await stack.query(`delete from app.incidents`);
  await stack.query(`update app.incident_watch set data_version = null`);
  const [first] = await waitUntil(
    async () => mail.received.filter(({ to }) => to === boss.email),
    (letters) => letters.length > 0,
    150_000,
  );
  const { subject = '', text = '', html } = await simpleParser(first?.source ?? '');
  const link = /http:\/\/127\.0\.0\.1:\d+\/acknowledge\/[\w.-]+/.exec(text)?.[0] ?? '';
  expect(String(html)).toContain(link);
  const states = () => stack.query(`select state, count(*)::text from app.incidents group by 1 order by 1`);
  const before = await states();
  expect(before.map(({ state }) => state)).toEqual(['open']);

  // what scanners and previews do: neither counts as an answer
  for (const method of ['GET', 'HEAD']) expect((await fetch(link, { method })).status).toBe(200);
  expect(await states()).toEqual(before);

  // no session, no login: the link is enough, and for this one incident only
  const context = await browser.newContext({ locale: 'en-GB' });
  const stranger = await context.newPage();
  await stranger.goto(link);
  await stranger.fill('input[name=comment]', 'Taken from the mail');
  await stranger.locator('form button').click();
  await stranger.locator('[role=status]').waitFor();
  await stranger.goto('about:blank');
  await context.close();
  expect((await states()).find(({ state }) => state === 'acknowledged')?.count).toBe('1');

  await page.goto('/incidents');
  const taken = page.locator('[data-group=acknowledged] article');
  expect(await taken.count()).toBe(1);
  expect(await taken.locator('[data-acknowledged]').innerText()).toContain('Taken from the mail');
  const title = await taken.locator('h3').innerText();
  expect(subject).toContain(title.trim());
}, 240_000);
