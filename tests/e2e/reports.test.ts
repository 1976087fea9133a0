import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readSecret } from '../../src/cli/stack/secret.ts';
import { formatValue } from '../../src/lib/format.ts';
import { sign } from '../../src/lib/server/reports/token.ts';
import { runPulse } from '../harness/stack.ts';
import { expectSound } from './board.ts';
import { enterDemo, signIn, speak, type RunningStack } from './stack.ts';

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo(complaints));
}, 300_000);

afterAll(async () => {
  await browser.close();
});

const saved = () => page.waitForURL(/\/reports\/[0-9a-f-]{36}\?saved/);

test('a page is put on a schedule with its filters, changed, looked at, paused and deleted', async () => {
  await page.goto('/sales?period=last_month');
  await page.getByRole('link', { name: 'Отправлять по расписанию' }).click();
  await page.waitForURL(/\/reports\/new/);
  expect(await page.locator('a[href="/sales?period=last_month"]').count()).toBe(1);
  await page.fill('input[name=title]', 'Отчёт <img src=x onerror=alert(1)>');
  expect(await page.locator('main').innerText()).toContain('Прошлый месяц');
  await page.selectOption('select[name=frequency]', 'weekly');
  await page.waitForFunction(() => document.querySelectorAll('[data-next] li').length === 5);
  expect((await page.locator('[data-next] li').allInnerTexts()).every((run) => run.startsWith('пн'))).toBe(
    true,
  );
  await page.selectOption('select[name=frequency]', 'monthly');
  await page.selectOption('select[name=day]', 'last_workday');
  await page.selectOption('select[name=timezone]', 'Europe/Moscow');
  await page.waitForFunction(() => document.querySelectorAll('[data-next] li').length === 5);
  await page.locator('input[name=who]').nth(1).fill('someone@example.org');
  await page.click('button:has-text("Сохранить")');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toContain('reports.allowed_domains');
  // nothing has to be typed twice
  expect(await page.inputValue('select[name=day]')).toBe('last_workday');
  const suggested = await page.locator('#recipients option').first().getAttribute('value');
  await page
    .locator('input[name=who]')
    .nth(1)
    .fill(suggested ?? '');
  await Promise.all([saved(), page.click('button:has-text("Сохранить")')]);

  const id = /reports\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
  const [row] = await stack.query(
    `select cron, workday, page, state, timezone, recipients #>> '{1,group}' as group from app.schedules where id = '${id}'`,
  );
  expect(row).toEqual({
    cron: '0 9 * * *',
    workday: 'last',
    page: 'sales',
    state: 'period=last_month',
    timezone: 'Europe/Moscow',
    group: 'role:executive',
  });

  const preview = await page.context().newPage();
  const answer = await preview.goto(`/reports/${id}/preview?as=&locale=en`);
  expect(answer?.status()).toBe(200);
  const mail = await preview.locator('body').innerText();
  await preview.goto('/sales?period=last_month');
  const figures = preview.locator('.figures-grid [data-value]');
  const values = await figures.evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-value'))));
  expect(values.length).toBeGreaterThan(3);
  // the first is money won: the page's own number, printed by the mail
  expect(mail).toContain(formatValue(values[0] ?? null, 'money', { locale: 'en', currency: 'RUB' }));
  const [won] = await stack.query(
    `select sum(amount) as sum from core.fct_deals d where status = 'won' and not d.is_test and not d.is_deleted
        and date_trunc('month', closed_at at time zone 'Europe/Moscow')
          = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`,
  );
  expect(values[0]).toBeCloseTo(Number(won?.sum), 0);
  await preview.close();

  await page.click('button:has-text("Приостановить")');
  await page.waitForSelector('button:has-text("Возобновить")');
  await page.goto('/reports');
  expect(await page.locator(`[data-schedule="${id}"]`).textContent()).toContain('<img src=x');
  await page.goto(`/reports/${id}`);
  await Promise.all([
    page.waitForURL(/\/reports\?removed/),
    page.click('button:has-text("Удалить"):not([aria-label])'),
  ]);
  expect(await stack.query(`select 1 from app.schedules where id = '${id}'`)).toEqual([]);
  const audit = await stack.query(`select action from app.audit where subject = '${id}' order by id`);
  expect(audit.map(({ action }) => action)).toEqual([
    'report_saved',
    'report_previewed',
    'report_paused',
    'report_removed',
  ]);
  // the browser notes the form that was refused
  expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
}, 300_000);

test.each([
  [1440, 'light'],
  [1440, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)(
  'each of their pages is sound at %i pixels, %s, in both languages',
  async (width, colorScheme) => {
    const id = randomUUID();
    const [owner] = await stack.query(`select id from app.users where email = 'admin@pulse.local'`);
    await stack.query(
      `insert into app.schedules (id, title, page, state, owner_id, cron, timezone, recipients, is_paused)
     values ('${id}', '2026', 'sales', 'period=last_month', '${owner?.id}', '0 9 * * 1', 'Europe/Moscow',
             '[{"email": "a@example.org", "locale": "ru"}, {"email": "b@example.org", "locale": null, "part": "bcc"}]', true)`,
    );
    await stack.query(
      `insert into app.deliveries (schedule_id, run_at, recipient, locale, status, attempts, error, closed_at)
     values ('${id}', now(), 'a@example.org', 'ru', 'sent', 1, null, now()),
            ('${id}', now(), 'b@example.org', 'ru', 'failed', 1, 'The mail server refuses it: 550 5.1.1 no such user', now()),
            ('${id}', now(), 'c@example.org', 'en', 'discarded', 1, 'No incident is open.', now())`,
    );
    vi.stubEnv('PULSE_SECRET', readSecret(stack.home));
    vi.stubEnv('WAREHOUSE_URL', 'postgres://127.0.0.1:1/none');
    vi.stubEnv('CUBE_URL', 'http://127.0.0.1:1');
    const out = sign('unsubscribe', [id, 'a@example.org'], null);
    const file = sign('file', [owner?.id ?? '', 'ru', 'sales', '', 'xlsx', 'period=last_month'], null);
    vi.unstubAllEnvs();
    const form = '/reports/new?page=%2Fsales&state=period%3Dlast_month';
    const one = await signIn(browser, stack, { viewport: { width, height: 844 }, colorScheme });
    for (const [locale, other] of [
      ['ru', /[a-z]{3}/i],
      ['en', /[а-я]/i],
    ] as const) {
      await speak(one, locale);
      for (const path of ['/reports', form, `/reports/${id}`, `/unsubscribe/${out}`, `/files/${file}`])
        await expectSound(one, path, other);
    }
    await one.context().close();
    await stack.query(`delete from app.schedules where id = '${id}'`);
  },
  240_000,
);

test.each([
  ['home', 'period=last_month'],
  ['marketing', 'period=last_quarter'],
  ['sales', 'period=last_month'],
  ['managers', 'period=last_month'],
  ['customers', ''],
  ['service', 'period=last_quarter'],
  ['explore', 'show=sales.won_amount,sales.margin&by=product&period=last_quarter'],
  ['drill/sales.won_amount', 'by=owner&period=last_month'],
])(
  'the mail of %s?%s begins with incidents, fits every width and shows all its pictures',
  async (name, state) => {
    const id = await addSchedule(name, state);
    const mail = await page.context().newPage();
    for (const width of [320, 600, 1000]) {
      await mail.setViewportSize({ width, height: 800 });
      const answer = await mail.goto(`/reports/${id}/preview?as=&locale=ru`);
      expect(answer?.status()).toBe(200);
      expect(await mail.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      const pictures = mail.locator('img');
      const widths = await pictures.evaluateAll((all) =>
        all.map((one) => (one as HTMLImageElement).naturalWidth),
      );
      expect(widths.every((one) => one > 0)).toBe(true);
      expect(await pictures.evaluateAll((all) => all.every((one) => one.getAttribute('alt')))).toBe(true);
    }
    const text = await mail.locator('body').innerText();
    expect(text.indexOf('Что не так')).toBeGreaterThan(0);
    expect(text.indexOf('Проверено')).toBeLessThan(text.indexOf('Цифры – те же'));
    await mail.close();
    await stack.query(`delete from app.schedules where id = '${id}'`);
  },
  120_000,
);

async function addSchedule(name: string, state: string): Promise<string> {
  const id = randomUUID();
  await stack.query(
    `insert into app.schedules (id, title, page, state, owner_id, cron, timezone, recipients, is_paused)
     select '${id}', 'A mail', '${name}', '${state}', id, '0 9 * * 1', 'Europe/Moscow',
            '[{"email": "a@example.org", "locale": "ru"}]', true from app.users where email = 'admin@pulse.local'`,
  );
  return id;
}

test('a mail program leaves a mailing by one click, a scanner that only looks does not', async () => {
  const id = await addSchedule('sales', '');
  vi.stubEnv('PULSE_SECRET', readSecret(stack.home));
  vi.stubEnv('WAREHOUSE_URL', 'postgres://127.0.0.1:1/none');
  vi.stubEnv('CUBE_URL', 'http://127.0.0.1:1');
  const address = `${stack.address}/unsubscribe/${sign('unsubscribe', [id, 'a@example.org'], null)}`;
  vi.unstubAllEnvs();
  const out = () => stack.query(`select recipient from app.unsubscribed where schedule_id = '${id}'`);
  expect((await fetch(address)).status).toBe(200);
  expect(await out()).toEqual([]);
  // RFC 8058: no cookie, no origin, nothing but this body
  const answer = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  });
  expect(answer.status).toBe(200);
  expect(await out()).toEqual([{ recipient: 'a@example.org' }]);
  await stack.query(`delete from app.schedules where id = '${id}'`);
});

test('a link of a mail that is not ours opens nothing', async () => {
  const post = (path: string) =>
    fetch(`${stack.address}${path}`, { method: 'POST', headers: { origin: stack.address }, body: 'nothing' });
  expect((await post('/files/bm90aGluZw.bm90aGluZw/take')).status).toBe(404);
  expect(await (await post('/bounces')).json()).toEqual({ known: false });
  await page.goto('/files/bm90aGluZw.bm90aGluZw');
  expect(await page.locator('h1').textContent()).toContain('больше не действует');
  await page.goto('/unsubscribe/bm90aGluZw.bm90aGluZw');
  expect(await page.locator('h1').textContent()).toContain('больше не действует');
}, 120_000);

test('a command prints what a person sees, and never the door to it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-paper-'));
  const file = join(folder, 'sales.pdf');
  const render = (what: string, ...who: string[]) =>
    runPulse(['report', 'render', what, '--out', file, ...who], stack.home).ended;
  try {
    const { code, stderr } = await render('sales');
    expect(code).toBe(2);
    expect(stderr).toContain('--as');
    expect(existsSync(file)).toBe(false);
    expect(await render('sales', '--as', 'admin@pulse.local')).toMatchObject({ code: 0 });
    const pdf = await getDocumentProxy(new Uint8Array(readFileSync(file)));
    const { text } = await extractText(pdf, { mergePages: true });
    await page.goto('/sales');
    const value = Number(await page.locator('#figure-won_amount').getAttribute('data-value'));
    const plain = (said: string) => said.replace(/\s/g, '');
    expect(value).toBeGreaterThan(0);
    expect(plain(text)).toContain(plain(formatValue(value, 'money', { locale: 'ru', currency: 'RUB' })));
    expect(text).not.toContain('Пароль');
    // what a reader of paper needs a glass for is not printed: letters of charts neither
    expect(await render('home', '--as', 'admin@pulse.local')).toMatchObject({ code: 0 });
    const home = await getDocumentProxy(new Uint8Array(readFileSync(file)));
    const pages = Array.from({ length: home.numPages }, (_, at) => home.getPage(at + 1));
    const texts = await Promise.all(pages.map(async (one) => (await one).getTextContent()));
    const letters = texts.flatMap(({ items }) => items.flatMap((item) => ('str' in item ? [item] : [])));
    const small = letters.filter(({ str, height }) => str.trim() && height < 4.5);
    expect(letters.length).toBeGreaterThan(100);
    expect(small.map(({ str, height }) => `${str} ${height}`)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 240_000);
