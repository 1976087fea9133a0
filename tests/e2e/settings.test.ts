import type { Browser, Page } from 'playwright-core';
import { createOTP } from '@better-auth/utils/otp';
import { base32 } from '@better-auth/utils/base32';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { expectSound, sqlNumber } from './board.ts';
import { addPerson, admin, signIn, speak, startStack, watch, type RunningStack } from './stack.ts';

// a stack of one's own on a busy machine: a single step may have to wait for others
vi.setConfig({ testTimeout: 240_000 });

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const hostile = `<img src=x onerror=alert(1)> =1+1 \u202eright 👩‍💻`;

beforeAll(async () => {
  [stack, browser] = await Promise.all([startStack(), openBrowser()]);
  page = await signIn(browser, stack);
  await speak(page, 'en');
  watch(page, stack, complaints);
}, 600_000);

afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});

const visitor = async (options = {}) => {
  const context = await browser.newContext({ baseURL: stack.address, locale: 'en-GB', ...options });
  return context.newPage();
};

async function giveDoor(on: Page, email: string, password: string): Promise<void> {
  await on.goto('/login');
  await on.fill('input[name=email]', email);
  await on.fill('input[name=password]', password);
  await on.click('main button');
}

test('an invited person chooses a password by the link, without any script, and sees what the list says', async () => {
  await page.goto('/settings');
  expect(new URL(page.url()).pathname).toBe('/settings/people');
  await page.getByText('Add a person').click();
  await page.getByLabel('E-mail').fill('invited@example.com');
  await page.getByLabel('Name', { exact: true }).fill(hostile);
  await page.getByLabel('Role').selectOption('executive');
  await page.getByRole('button', { name: 'Invite with a link' }).click();
  const link = await page.locator('[data-secret] code').innerText();
  expect(link).toMatch(new RegExp(`^${stack.address}/login/new-password/[\\w-]{20,}$`));
  const row = page.locator('[data-person="invited@example.com"]');
  expect(await row.innerText()).toContain(hostile);
  expect(await row.locator('[data-sees]').innerText()).toBe('Sees the whole company');

  const bare = await visitor({ javaScriptEnabled: false });
  await bare.goto(link);
  await bare.fill('input[name=wanted]', 'one that is long');
  await bare.fill('input[name=repeated]', 'one that is other');
  await bare.click('main button');
  await bare.getByRole('alert').waitFor();
  await bare.fill('input[name=wanted]', 'one that is long');
  await bare.fill('input[name=repeated]', 'one that is long');
  await Promise.all([bare.waitForURL('**/login?ready'), bare.click('main button')]);
  await giveDoor(bare, 'invited@example.com', 'one that is long');
  await bare.waitForURL((url) => url.pathname === '/');
  await bare.goto(link);
  await bare.getByRole('alert').waitFor();

  await row.getByRole('link').click();
  await page.getByRole('button', { name: 'Close the door' }).click();
  await page.getByRole('status').waitFor();
  await bare.goto('/sales');
  expect(new URL(bare.url()).pathname).toBe('/login');
});

test('rights given by hand decide what a person sees from the next page on', async () => {
  const person = await addPerson(stack, 'manager-of-nothing@example.com', 'manager');
  const theirs = await signIn(browser, stack, {}, person);
  await page.goto('/settings/people');
  await page.locator(`[data-person="${person.email}"]`).getByRole('link').click();
  await page.waitForURL(/\/people\/./);
  expect(await page.locator('[data-sees]').innerText()).toContain('Sees nothing');
  const label = await page.locator('#employees option').first().getAttribute('value');
  await page.locator('input[name=employee]').fill(label ?? '');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').waitFor();
  const name = label?.split(' · ')[0] ?? '';
  expect(await page.locator('[data-sees]').innerText()).toBe(`Sees the records of ${name}`);
  const own = await sqlNumber(
    stack,
    `select count(*) from core.fct_deals d join core.employees e on e.employee_key = d.owner_key
      where e.name = '${name}' and not d.is_deleted and not d.is_test`,
  );
  await theirs.goto('/drill/sales.deals?period=all');
  expect(Number(await theirs.locator('[data-drill-value]').getAttribute('data-drill-value'))).toBe(own);
});

test('nobody but an administrator comes in, by page or by form; their own account is open', async () => {
  const theirs = await signIn(browser, stack, {}, await addPerson(stack, 'boss@example.com', 'executive'));
  const [someone] = await stack.query(`select id from app.users where email = 'admin@pulse.local'`);
  for (const path of [
    '/settings/people',
    `/settings/people/${someone?.id}`,
    '/settings/plans',
    '/settings/limits',
    '/settings/calendar',
    '/settings/audit',
  ])
    expect((await theirs.goto(path))?.status(), path).toBe(403);
  const before = await stack.query('select count(*), max(role) from app.users where not is_disabled');
  for (const action of [
    '/settings/people?/add',
    `/settings/people/${someone?.id}?/disable`,
    `/settings/people/${someone?.id}?/change`,
    `/settings/people/${someone?.id}?/password`,
    '/settings/plans?/save',
    '/settings/plans?/undo',
    '/settings/limits',
    '/settings/calendar',
  ]) {
    const answer = await theirs.request.post(action, {
      form: { email: 'x@example.com', name: 'x', role: 'admin', way: 'password' },
      headers: { accept: 'application/json', origin: stack.address },
    });
    expect([answer.status(), (await answer.json()).type], action).toEqual([403, 'error']);
  }
  expect(await stack.query('select count(*), max(role) from app.users where not is_disabled')).toEqual(
    before,
  );
  await theirs.goto('/settings');
  expect(new URL(theirs.url()).pathname).toBe('/settings/account');
  expect(await theirs.locator('main nav a').count()).toBe(1);
});

test('the last administrator is told so and stays', async () => {
  await page.goto('/settings/people');
  await page.locator('[data-person="admin@pulse.local"]').getByRole('link').click();
  await page.getByRole('button', { name: 'Close the door' }).click();
  await page.getByText('This is the last administrator.').waitFor();
  await page.reload();
  expect(new URL(page.url()).pathname).toMatch(/^\/settings\/people\//);
});

test('the second step is set up by a picture, asked for at the door, and can be ended', async () => {
  const person = await addPerson(stack, 'stepper@example.com', 'executive');
  const theirs = await signIn(browser, stack, { locale: 'en-GB' }, person);
  await speak(theirs, 'en');
  watch(theirs, stack, complaints);
  await theirs.goto('/settings/account');
  await theirs.locator('[data-second-step] input[name=present]').fill(person.password);
  await theirs.getByRole('button', { name: 'Set up' }).click();
  const picture = theirs.getByAltText('QR code with the key for the app');
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  const secret = new TextDecoder().decode(base32.decode(await theirs.locator('[data-secret]').innerText()));
  const [backup] = await theirs.locator('[data-codes] li').allInnerTexts();
  await theirs.locator('input[name=code]').fill('000000');
  await theirs.getByRole('button', { name: 'Turn on' }).click();
  await theirs.getByRole('alert').waitFor();
  await theirs.locator('input[name=code]').fill(await createOTP(secret).totp());
  await theirs.getByRole('button', { name: 'Turn on' }).click();
  await theirs.locator('[data-second-step=on]').waitFor();

  const door = await visitor();
  await giveDoor(door, person.email, person.password);
  await door.waitForURL((url) => url.pathname === '/login/code');
  await door.goto('/sales');
  expect(new URL(door.url()).pathname).toBe('/login');
  await giveDoor(door, person.email, person.password);
  await door.waitForURL((url) => url.pathname === '/login/code');
  await expectSound(door, door.url(), /[а-яё]{3}/i);
  await door.locator('input[name=code]').fill(await createOTP(secret).totp());
  await door.locator('main form button').first().click();
  await door.waitForURL((url) => url.pathname === '/');
  const lost = await visitor({ javaScriptEnabled: false });
  await giveDoor(lost, person.email, person.password);
  await lost.locator('summary').click();
  await lost.locator('input[name=backup]').fill(backup ?? '');
  await lost.locator('details button').click();
  await lost.waitForURL((url) => url.pathname === '/');

  await theirs.goto('/settings/account');
  expect(await theirs.locator('[data-session]').count()).toBe(3);
  await theirs.getByRole('button', { name: 'End all others' }).click();
  await theirs.getByRole('status').waitFor();
  await lost.goto('/sales');
  expect(new URL(lost.url()).pathname).toBe('/login');
  await theirs.locator('[data-second-step] input[name=present]').fill(person.password);
  await theirs.getByRole('button', { name: 'Turn off' }).click();
  await theirs.locator('[data-second-step=off]').waitFor();
});

test('plans are pasted, checked and saved, reach the figures with the next load, and go when undone', async () => {
  const planned = () =>
    sqlNumber(
      stack,
      `select coalesce(sum(plan), 0) from core.fct_plan_fact where month = '2025-03-01' and metric = 'won_amount' and scope_kind = 'company'`,
    );
  const before = await planned();
  await page.goto('/settings/plans');
  await page
    .getByLabel('Table from Excel')
    .fill(`Month\tEmployee\tPlan\n2025-03\t\t123 456\n2025-03\tАннв\t5\n2025-03\t${hostile}\t5`);
  await page.getByRole('button', { name: 'Check' }).click();
  const preview = page.locator('[data-preview]');
  await preview.waitFor();
  expect([await preview.getAttribute('data-good'), await preview.getAttribute('data-wrong')]).toEqual([
    '1',
    '2',
  ]);
  await preview.getByText('Perhaps “Анна”?').waitFor();
  expect(await preview.locator('img').count()).toBe(0);
  expect(await planned()).toBe(before);
  await preview.getByRole('button', { name: 'Save 1 plan' }).click();
  await page.getByText('Saved. The plans reach').waitFor();
  await expect.poll(planned, { timeout: 120_000, interval: 1000 }).toBe(123456);
  await page.getByRole('button', { name: 'Undo the last' }).click();
  await page.getByText('Undone.').waitFor();
  await expect.poll(planned, { timeout: 120_000, interval: 1000 }).toBe(before);
  await page.goto('/data');
  await page.getByText('Entered in Pulse').first().waitFor({ state: 'attached' });
});

test('a limit and a working day are set, hold with the next load, and are shown as set', async () => {
  const held = (key: string) =>
    sqlNumber(stack, `select (value #>> '{}')::numeric from core.settings where key = '${key}'`);
  await page.goto('/settings/limits');
  const field = page.locator('[data-choice="limits.callback_hours"]');
  await field.getByRole('textbox').fill('many');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').innerText()).toContain('«many»');
  await field.getByRole('textbox').fill('6');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. A load has been asked for').waitFor();
  await field.getByText('Set by admin@pulse.local; usually 2').waitFor();
  await expect.poll(() => held('limits.callback_hours'), { timeout: 120_000, interval: 1000 }).toBe(6);
  await page.goto('/settings/calendar?year=2025');
  const workdays = () => page.locator('[data-workdays]').getAttribute('data-workdays').then(Number);
  const before = await workdays();
  await page.getByRole('checkbox', { name: '30 Dec 2025' }).uncheck();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: 1 day is different').waitFor();
  expect(await workdays()).toBe(before - 1);
  const free = `select count(*) from core.dim_calendar where day = '2025-12-30' and not is_workday`;
  await expect.poll(() => sqlNumber(stack, free), { timeout: 120_000, interval: 1000 }).toBe(1);
});

test('the log tells all of it, and finds by who and what', async () => {
  await page.goto('/settings/audit');
  const count = () => page.locator('[data-count]').getAttribute('data-count');
  expect(Number(await count())).toBe(await sqlNumber(stack, 'select count(*) from app.audit'));
  await page.getByLabel('What').selectOption('plans_undone');
  await page.getByRole('textbox', { name: 'Who' }).fill('admin@');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.waitForURL(/plans_undone/);
  expect(await count()).toBe('1');
  expect(await page.locator('[data-deed]').getAttribute('data-deed')).toBe('plans_undone');
});

test('every page is sound in both languages, wide and on a phone', async () => {
  const [someone] = await stack.query(`select id from app.users where email = 'admin@pulse.local'`);
  const paths = [
    '/settings/people',
    `/settings/people/${someone?.id}`,
    '/settings/account',
    '/settings/plans',
    '/settings/limits',
    '/settings/calendar',
    '/settings/audit',
  ];
  for (const path of paths) await expectSound(page, path, /[а-яё]{3}/i);
  await speak(page, 'ru');
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of paths) await expectSound(page, path, /\b[a-z]{7}/);
  expect(complaints.filter((one) => !/status of (400|403)/.test(one))).toEqual([]);
  expect(admin(stack).email).toBe('admin@pulse.local');
});
