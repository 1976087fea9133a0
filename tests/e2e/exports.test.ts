import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Browser, Download, Page } from 'playwright-core';
import readXlsx from 'read-excel-file/node';
import { extractText, getDocumentProxy } from 'unpdf';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectSound, sqlNumber } from './board.ts';
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

/** Opens a menu by keyboard and takes a file from it. */
async function take(within: string, form: string, on = page): Promise<Download> {
  const menu = on.locator(`${within} details:has([data-export])`).first();
  await menu.locator('summary').focus();
  await on.keyboard.press('Enter');
  const [download] = await Promise.all([
    on.waitForEvent('download', { timeout: 90_000 }),
    menu.locator(`[data-export="${form}"]`).click(),
  ]);
  return download;
}

const read = async (download: Download) => readFileSync(await download.path());
const period = 'period=last_month';

test('the records of a figure come as Excel and CSV, and add up to it and to the warehouse', async () => {
  await speak(page, 'ru');
  await page.goto(`/drill/sales.won_amount?${period}`);
  const shown = Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'));
  const truth = await sqlNumber(
    stack,
    `select sum(amount) from core.fct_deals where status = 'won' and not is_test and not is_deleted
        and date_trunc('month', closed_at at time zone 'Europe/Moscow')
          = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`,
  );
  expect(shown).toBeCloseTo(truth, 2);
  const xlsx = await take('#records', 'xlsx');
  expect(xlsx.suggestedFilename()).toMatch(/^Выручка по сделкам.*, \d{4}-\d\d-\d\d…\d{4}-\d\d-\d\d\.xlsx$/);
  const [sheet, about] = await readXlsx(await read(xlsx));
  const [titles = [], ...rows] = sheet?.data ?? [];
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
  const at = titles.indexOf('Сумма');
  expect(sum(rows.map((row) => Number(row[at] ?? 0)))).toBeCloseTo(shown, 2);
  expect(rows[0]?.[titles.indexOf('Закрыта')]).toBeInstanceOf(Date);
  expect(about?.data.map(([title]) => title)).toContain('Чьи записи');
  const csv = parse(await read(await take('#records', 'csv')), { bom: true, delimiter: ';' }) as string[][];
  expect(csv).toHaveLength(rows.length + 1);
  expect(sum(csv.slice(1).map((row) => Number((row[at] ?? '').replace(',', '.'))))).toBeCloseTo(shown, 2);
});

test('a chart is saved as a picture, a table in the order of the page', async () => {
  await speak(page, 'en');
  await page.goto(`/sales?${period}`);
  const picture = await read(await take('section[id^="chart-"]', 'png'));
  expect(picture.readUInt32BE(16)).toBe(1600);
  const table = page.locator('[data-block][data-state="ok"]:has([data-export])').first();
  const block = (await table.getAttribute('data-block')) ?? '';
  const names = await table.locator('tbody tr th').allInnerTexts();
  const [, ...rows] = parse(await read(await take(`[data-block="${block}"]`, 'csv')), {
    bom: true,
  }) as string[][];
  expect(rows.map(([name]) => name)).toEqual(names.map((name) => name.trim()));
});

test('the page is printed: its text can be read, its pages are numbered, no session goes along', async () => {
  await speak(page, 'en');
  await page.goto(`/sales?${period}`);
  const download = await take('.toolbar', 'pdf');
  expect(download.suggestedFilename()).toMatch(/^Sales, .*\.pdf$/);
  const pdf = await getDocumentProxy(new Uint8Array(await read(download)));
  const { totalPages, text } = await extractText(pdf, { mergePages: false });
  expect(totalPages).toBeGreaterThan(1);
  expect(text[0]).toContain('Last month');
  expect(text.at(-1)).toContain(`Page ${totalPages} of ${totalPages}`);
  expect(text.join(' ')).not.toContain('Saved views');
  await page.getByText('The file has been saved.').waitFor();
});

test('whoever sees only own records takes away no others, by whatever address', async () => {
  const [seller] = await stack.query(
    `select e.email, e.name from core.dim_employees e join core.fct_deals d on d.owner_key = e.employee_key
      where e.email is not null and d.status = 'won' group by 1, 2 order by count(*) desc, 1 limit 1`,
  );
  const person = await addPerson(stack, seller?.email ?? '', 'manager');
  const own = await signIn(browser, stack, {}, person);
  const address = (form: string) => `/export/${form}/records/drill/sales.won_amount?period=last_year`;
  const mine = await own.request.get(address('csv'));
  const rows = parse(await mine.body(), { bom: true, delimiter: ';' }) as string[][];
  const who = rows[0]?.indexOf('Менеджер') ?? -1;
  expect(rows.length).toBeGreaterThan(1);
  expect(new Set(rows.slice(1).map((row) => row[who]))).toEqual(new Set([seller?.name]));
  const stranger = await browser.newContext({ baseURL: stack.address });
  const answer = await stranger.request.get(address('csv'), { maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  // a pass that nobody issued opens nothing, and takes the own session away from the request
  const forged = await own.request.get('/sales', {
    headers: { 'x-pulse-print': 'e30.e30' },
    maxRedirects: 0,
  });
  expect(forged.headers().location).toMatch(/^\/login/);
  const audit = await stack.query(
    `select subject from app.audit where action = 'exported' and actor = '${person.email.replaceAll("'", "''")}'`,
  );
  expect(audit.map(({ subject }) => subject)).toContain('drill/sales.won_amount#records');
  await own.context().close();
  await stranger.close();
});

test('nothing is refused by the policy, and axe finds nothing', async () => {
  for (const [locale, other] of [
    ['en', /[а-яё]{9}/i],
    ['ru', /\b(Export|Records|Saved)\b/],
  ] as const) {
    await speak(page, locale);
    await expectSound(page, `/drill/sales.won_amount?${period}`, other);
  }
  expect(complaints).toEqual([]);
});
