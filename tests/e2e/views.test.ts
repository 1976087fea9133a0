import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { expectSound } from './board.ts';
import { addPerson, openDemo, signIn, speak, watch, type Person, type RunningStack } from './stack.ts';

const hostile = `<img src=x onerror=alert(1)> =1+1 \u202eright 👩‍💻 ${Math.random().toString(36).slice(2, 8)}`;

// one stack for all files of a run: a single step may have to wait for others
vi.setConfig({ testTimeout: 240_000 });

let stack: RunningStack;
let browser: Browser;
let owner: Person;
let page: Page;
let colleague: Page;
const complaints: string[] = [];

beforeAll(async () => {
  [stack, browser] = await Promise.all([openDemo(), openBrowser()]);
  owner = await addPerson(stack, 'views-owner@example.com', 'executive');
  page = await signIn(browser, stack, {}, owner);
  await speak(page, 'en');
  watch(page, stack, complaints);
  colleague = await signIn(browser, stack, {}, await addPerson(stack, 'views-reader@example.com', 'manager'));
  await speak(colleague, 'en');
}, 600_000);

afterAll(async () => {
  await stack?.query(`delete from app.saved_views where owner_id in
    (select id from app.users where email like 'views-%@example.com')`);
  await browser?.close();
});

const inNav = (on: Page, title: string) => on.locator('aside nav').getByRole('link', { name: title });

test('a page is saved with its state, stands in the menu, and leads back to the very page', async () => {
  await page.goto('/sales?period=last_quarter&compare=last_year');
  await page.locator('.toolbar summary', { hasText: 'Save' }).click();
  await page.getByLabel('Name of the view').fill(hostile);
  await page.getByLabel('Share with the company').check();
  await page.getByLabel('Open Pulse with this view').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Saved. You find it in the menu.').waitFor();
  const [kept] = await stack.query(
    `select title from app.saved_views v join app.users u on u.id = v.owner_id where u.email = '${owner.email}'`,
  );
  expect(kept?.title).toBe(hostile);
  await page.goto('/managers');
  await page.locator('aside nav li a', { hasText: '<img' }).click();
  await page.waitForURL((url) => url.pathname === '/sales');
  expect(new URL(page.url()).search).toBe('?period=last_quarter&compare=last_year');
  expect(await page.locator('aside nav img').count()).toBe(0);
});

test('it is where Pulse opens, with a way to the company page and back', async () => {
  await page.goto('/');
  expect(new URL(page.url()).pathname).toBe('/sales');
  await page.locator('aside nav').getByRole('link', { name: 'Company' }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.reload();
  expect(new URL(page.url()).pathname).toBe('/');
  await page.goto('/views');
  await page.getByRole('button', { name: /^Open Pulse with this view/ }).click();
  await page.locator('[data-view] button[aria-pressed="false"]').first().waitFor();
  await page.goto('/');
  expect(new URL(page.url()).pathname).toBe('/');
});

test('a colleague finds it, opens it with own rights, and can change nothing of it', async () => {
  await colleague.goto('/views');
  const row = colleague.locator('[data-view]', { hasText: '<img' });
  expect(await row.getByRole('button', { name: /^Delete/ }).count()).toBe(0);
  const id = (await row.getAttribute('data-view')) ?? '';
  for (const action of ['change', 'remove']) {
    const answer = await colleague.request.post(`/views?/${action}`, {
      form: { id, title: 'mine' },
      headers: { accept: 'application/json', origin: stack.address },
    });
    expect(await answer.json()).toMatchObject({ type: 'failure' });
  }
  await row.getByRole('link').first().click();
  await colleague.waitForURL((url) => url.pathname === '/sales');
  await page.goto('/views');
  await page.getByRole('button', { name: /^Rename or share/ }).click();
  await page.getByLabel('Name of the view').fill('Quarter');
  await page.getByLabel('Share with the company').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await inNav(page, 'Quarter').waitFor();
  expect((await colleague.goto(`/views/${id}`))?.status()).toBe(404);
});

test('a view whose page or filter has gone opens with a word about it', async () => {
  const owned = `(select id from app.users where email = '${owner.email}')`;
  const [gone] = await stack.query(
    `insert into app.saved_views (owner_id, title, page) values (${owned}, 'Old page', '/abolished') returning id`,
  );
  await page.goto(`/views/${gone?.id}`);
  await page.getByText('The page of this view no longer exists.').waitFor();
  const [filtered] = await stack.query(
    `insert into app.saved_views (owner_id, title, page, state)
     values (${owned}, 'Old team', '/sales', 'team=Abolished') returning id`,
  );
  await page.goto(`/views/${filtered?.id}`);
  await page.getByText('Abolished').first().waitFor();
  expect(new URL(page.url()).pathname).toBe('/sales');
});

test('a view is deleted; a title of blanks or without end is refused with a sentence', async () => {
  await page.goto('/views');
  const view = page.locator('[data-view]', { hasText: 'Old page' });
  await view.getByRole('button', { name: /^Delete/ }).click();
  // it goes for good, so it is asked about first
  await view.getByRole('button', { name: 'Keep it' }).click();
  await view.getByRole('button', { name: /^Delete/ }).click();
  await view.getByText('goes for good').waitFor();
  await view.getByRole('button', { name: 'Delete', exact: true }).click();
  await view.waitFor({ state: 'detached' });
  for (const title of ['  \n ', 'x'.repeat(121)]) {
    const answer = await page.request.post('/views?/add', {
      form: { title, page: '/sales', state: '' },
      headers: { accept: 'application/json', origin: stack.address },
    });
    expect(await answer.json()).toMatchObject({ type: 'failure', data: expect.stringContaining('title') });
  }
  const elsewhere = await page.request.post('/views?/add', {
    form: { title: 'x', page: '//evil.example', state: '' },
    headers: { accept: 'application/json', origin: stack.address },
  });
  expect(await elsewhere.json()).toMatchObject({ type: 'failure' });
});

test('the page is sound in both languages and on a phone', async () => {
  await expectSound(page, '/views', /[а-яё]{3}/i);
  await speak(page, 'ru');
  await page.setViewportSize({ width: 390, height: 844 });
  await expectSound(page, '/views', /[a-z]{7}/);
  await page.goto('/sales');
  await page.locator('.toolbar summary', { hasText: 'Сохранить' }).click();
  await page.getByLabel('Название вида').waitFor();
  expect(complaints).toEqual([]);
});
