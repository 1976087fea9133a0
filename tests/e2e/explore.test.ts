import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { cellOf, expectSound, follow, rowsOf, sqlNumber } from './board.ts';
import { addPerson, chartsDrawn, enterDemo, signIn, speak, watch, type RunningStack } from './stack.ts';

// one stack for all files of a run: a single step may have to wait for others
vi.setConfig({ testTimeout: 240_000 });

const real = 'not d.is_test and not d.is_deleted';
const lastMonth = (column: string) =>
  `date_trunc('month', ${column} at time zone 'Europe/Moscow')
     = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`;
const ofTeam =
  'left join core.employees e on e.employee_key = d.owner_key left join core.dim_teams t using (team_key)';

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

const pivot = '/explore?period=last_month&show=sales.win_rate&by=lost_reason&across=team&as=pivot';
const won = '/explore?period=last_month&compare=none&as=table';
const head = (on: Page, key: string) =>
  on.locator(`[data-block="result"] thead th:has(a)`).filter({ hasText: key });

test('a question is put together by keyboard alone, and the address says all of it', async () => {
  await page.goto('/explore');
  expect(await page.locator('[data-start]').count()).toBeGreaterThanOrEqual(4);
  const opener = page.locator('summary', { hasText: 'Выбрать показатель' });
  await opener.focus();
  await page.keyboard.press('Enter');
  const search = page.locator('[data-picker="measure"] input');
  // what is typed before the panel has opened is cleared by its opening
  await expect.poll(() => search.evaluate((field) => field === document.activeElement)).toBe(true);
  // of all that is called so, what is asked most
  await search.fill('выручка');
  await page
    .locator('[data-picker="measure"] a')
    .first()
    .and(page.locator('[data-pick="sales.won_amount"]'))
    .waitFor();
  await search.fill('won amont');
  await page.locator('[data-picker="measure"] a[data-pick="sales.won_amount"]').first().waitFor();
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.getAttribute('data-pick'))).toBe(
    'sales.won_amount',
  );
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('show') === 'sales.won_amount');
  await page.locator('summary', { hasText: 'Добавить разрез' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('[data-picker="by"] input').fill('ответственный');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('by') === 'owner');
  await chartsDrawn(page);
  await page.locator('[data-switch="as-table"]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => url.searchParams.get('as') === 'table');
  const rows = await rowsOf(page, 'result');
  await page.reload();
  expect(await rowsOf(page, 'result')).toEqual(rows);
  expect(rows.length).toBeGreaterThan(5);
});

test('figures and their total are those of the warehouse, and each leads to its records', async () => {
  await page.goto(`${won}&show=sales.won_amount,sales.win_rate&by=owner`);
  const [first] = await rowsOf(page, 'result');
  const sum = `select sum(amount) from core.fct_deals d join core.employees e on e.employee_key = d.owner_key
     where e.name = '${first}' and d.status = 'won' and ${real} and ${lastMonth('closed_at')}`;
  expect(await cellOf(page, 'result', first ?? '', 'won_amount')).toBeCloseTo(await sqlNumber(stack, sum), 2);
  const whole = `from core.fct_deals d where ${real} and ${lastMonth('closed_at')}`;
  expect(await cellOf(page, 'result', 'total', 'won_amount')).toBeCloseTo(
    await sqlNumber(stack, `select sum(amount) ${whole} and status = 'won'`),
    2,
  );
  expect(await cellOf(page, 'result', 'total', 'win_rate')).toBeCloseTo(
    await sqlNumber(stack, `select avg((status = 'won')::int) ${whole} and status <> 'open'`),
    6,
  );
  await follow(page, `[data-block="result"] tr[data-row="${first}"] [data-cell="won_amount"]`);
});

test('how much money has changed is told in per cent of what was before, a rate in points', async () => {
  const address = '/explore?period=last_month&compare=previous&as=table&by=owner';
  const changes = async () =>
    (await page.locator('[data-block="result"] tfoot [data-cell="change"]').innerText()).trim();
  await page.goto(`${address}&show=sales.won_amount`);
  expect(await changes()).toMatch(/^[+−]?[\d,]+\s%$/);
  await page.goto(`${address}&show=sales.win_rate`);
  expect(await changes()).toMatch(/^[+−]?[\d,]+\sп\.\sп\.$/);
});

test('measures of different dates stand in one table, each by its own, or all by the one chosen', async () => {
  const address = `${won}&show=sales.won_amount,sales.deals&by=team`;
  const count = (column: string) =>
    sqlNumber(
      stack,
      `select count(*) from core.fct_deals d ${ofTeam}
      where ${real} and t.name = 'Отдел продаж «Центр»' and ${lastMonth(column)}`,
    );
  await page.goto(address);
  expect(await cellOf(page, 'result', 'Отдел продаж «Центр»', 'deals')).toBe(await count('d.created_at'));
  await page.locator('[data-switch="dated-closed_at"]').click();
  await page.waitForURL((url) => url.searchParams.get('dated') === 'closed_at');
  await expect
    .poll(() => cellOf(page, 'result', 'Отдел продаж «Центр»', 'deals'), { timeout: 60_000 })
    .toBe(await count('d.closed_at'));
});

test('a pivot asks for its edges: the total of a ratio is that of the whole, of a sum the sum', async () => {
  const rate = (where: string) =>
    sqlNumber(
      stack,
      `select avg((d.status = 'won')::int) from core.fct_deals d ${ofTeam}
      where d.status <> 'open' and ${real} and ${lastMonth('d.closed_at')} and ${where}`,
    );
  await page.goto(pivot.replace('lost_reason', 'product'));
  const titles = await page.locator('[data-block="result"] thead th').allTextContents();
  const at = titles.findIndex((title) => title.includes('Центр')) - 1;
  const [product = ''] = await rowsOf(page, 'result');
  const byProduct = `d.product_key in (select product_key from core.dim_products where name = '${product}')`;
  const team = `t.name = 'Отдел продаж «Центр»'`;
  expect(await cellOf(page, 'result', product, `c${at}`)).toBeCloseTo(
    await rate(`${byProduct} and ${team}`),
    6,
  );
  expect(await cellOf(page, 'result', product, 'sum')).toBeCloseTo(await rate(byProduct), 6);
  expect(await cellOf(page, 'result', 'total', `c${at}`)).toBeCloseTo(await rate(team), 6);
  expect(await cellOf(page, 'result', 'total', 'sum')).toBeCloseTo(await rate('true'), 6);
  expect(await head(page, 'Итого').count()).toBe(1);
  await page.goto('/explore?period=last_month&show=sales.won_amount&by=product&across=owner&as=pivot');
  const cells = await page
    .locator(`[data-block="result"] tfoot [data-value]`)
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-value'))));
  const sum = cells.pop() ?? 0;
  expect(cells.reduce((all, one) => all + one, 0)).toBeCloseTo(sum, 2);
  expect(sum).toBeCloseTo(
    await sqlNumber(
      stack,
      `select sum(amount) from core.fct_deals d where status = 'won' and ${real} and ${lastMonth('closed_at')}`,
    ),
    2,
  );
  await follow(page, '[data-block="result"] tbody [data-cell="c0"]:has(a)');
});

test('long lists are cut with a sentence and a file has all of them; names of customers lead to their cards', async () => {
  await page.goto('/explore?period=all&show=sales.deals&by=customer&as=table&all=result');
  const all = await sqlNumber(
    stack,
    `select count(*) from (select distinct c.name from core.fct_deals d
       left join core.customers c on c.customer_key = d.customer_key where ${real}) one`,
  );
  expect(all).toBeGreaterThan(500);
  expect((await rowsOf(page, 'result')).length).toBe(500);
  const said = (await page.locator('[data-block="result"] header').textContent()) ?? '';
  expect(said.replace(/\D/g, '')).toContain(`500${all}`);
  await page.locator('[data-block="result"] tbody th a[href^="/customers/"]').first().waitFor();
  const file = await page.request.get(
    '/export/csv/result/explore?period=all&show=sales.deals&by=customer&as=table',
  );
  expect(file.status()).toBe(200);
  // a head and a total beside the rows
  const lines = (await file.text()).trim().split(/\r?\n/).length;
  expect(Math.abs(lines - all)).toBeLessThanOrEqual(2);
  await page.goto('/explore?period=all&show=sales.deals&by=customer&as=chart');
  expect(await page.locator('#chart-deals header').textContent()).toMatch(/остальные вместе/);
});

test('a period too long for its step takes a longer one and says so', async () => {
  await page.goto('/explore?from=2020-01-01&to=2026-11-01&show=sales.deals&by=time&grain=day');
  await page.locator('[data-notice="explore_coarser"]').waitFor();
  expect(await page.locator('[data-switch^="grain-"][aria-current]').getAttribute('data-switch')).toBe(
    'grain-week',
  );
});

test('what does not exist or does not belong together is left out with a word and the nearest name', async () => {
  await page.goto(
    '/explore?show=sales.won_amonts,sales.won_amount,marketing.romi&by=ownr,team&in=stage:Nowhere&in=colour:red&as=table&across=x',
  );
  const notices = await page
    .locator('[data-notice]')
    .evaluateAll((all) => all.map((one) => `${one.getAttribute('data-notice')} ${one.textContent ?? ''}`));
  const said = notices.join('\n');
  expect(said).toMatch(/explore_no_measure.*sales\.won_amonts.*sales\.won_amount/s);
  expect(said).toMatch(/explore_other_view.*ROMI/s);
  expect(said).toMatch(/explore_no_dimension.*ownr.*owner/s);
  expect(said).toMatch(/no_such_value.*Nowhere/s);
  expect(said).toContain('colour');
  expect((await rowsOf(page, 'result')).length).toBeGreaterThan(2);
});

test('a model of attribution is asked for at once, then all is counted by it', async () => {
  await page.goto('/explore?period=last_quarter&show=attribution.revenue&by=channel&as=table');
  await page.locator('[data-asked]').waitFor();
  expect(await page.locator('[data-block="result"]').count()).toBe(0);
  await page.locator('[data-switch="model-linear"]').click();
  await page.waitForURL((url) => url.searchParams.get('in') === 'model:linear');
  await page.locator('[data-block="result"][data-state="ok"]').waitFor();
  await follow(page, '[data-block="result"] tbody [data-cell="revenue"]:has(a)');
  await page.goto('/explore?show=plan_fact.plan&in=metric:won_amount&in=scope_kind:team&by=scope&as=table');
  const [scope = ''] = await rowsOf(page, 'result');
  const plan = await sqlNumber(
    stack,
    `select sum(plan) from core.fct_plan_fact where metric = 'won_amount' and scope_kind = 'team' and scope = '${scope}'
       and date_trunc('month', month) = date_trunc('month', (now() at time zone 'Europe/Moscow')::date)`,
  );
  expect(await cellOf(page, 'result', scope, 'plan')).toBeCloseTo(plan, 2);
});

test('values to filter by are suggested, and narrow the question', async () => {
  await page.goto(`${won}&show=sales.won_amount&by=owner`);
  await page.locator('.toolbar summary', { hasText: 'Фильтры' }).click();
  await page.locator('[data-narrow="product"]').click();
  const box = page.locator('[data-narrowing="product"] input[type="checkbox"]');
  await box.first().check();
  const value = (await box.first().getAttribute('value')) ?? '';
  await page.locator('[data-narrowing="product"] button', { hasText: 'Применить' }).click();
  await page.waitForURL((url) => url.searchParams.get('product') === value);
  const sum = await sqlNumber(
    stack,
    `select sum(amount) from core.fct_deals d join core.dim_products p using (product_key)
      where p.name = '${value}' and d.status = 'won' and ${real} and ${lastMonth('closed_at')}`,
  );
  await expect
    .poll(() => cellOf(page, 'result', 'total', 'won_amount'), { timeout: 60_000 })
    .toBeCloseTo(sum, 2);
});

test('no address shows a manager more than the own records', async () => {
  const own = await signIn(
    browser,
    stack,
    {},
    await addPerson(stack, 'lapshin@vector-prom.example', 'manager'),
  );
  await own.goto(`${won.replace('last_month', 'all')}&show=sales.won_amount&by=owner`);
  expect(await rowsOf(own, 'result')).toEqual(['Игорь Лапшин']);
  await own.goto(
    `${won.replace('last_month', 'all')}&show=sales.deals&by=owner&in=owner:Юлия Романова&in=owner_id:1`,
  );
  expect(await rowsOf(own, 'result')).toEqual(['Игорь Лапшин']);
  await own.goto(`${won.replace('last_month', 'all')}&show=sales.deals&by=employee_key,team_key`);
  expect(await own.locator('[data-notice="explore_no_dimension"]').count()).toBe(2);
  const values = await own.request.get('/explore/options?view=sales&of=owner');
  expect((await values.json()) as { value: string }[]).toMatchObject([{ value: 'Игорь Лапшин' }]);
  for (const of of ['employee_key', 'closed_at', 'nothing'])
    expect((await own.request.get(`/explore/options?view=sales&of=${of}`)).status()).toBe(404);
  const file = await own.request.get(
    '/export/csv/result/explore?period=all&show=sales.deals&by=owner&as=table',
  );
  expect(await file.text()).not.toContain('Юлия Романова');
  const spend = await own.goto(`${won.replace('last_month', 'all')}&show=marketing.spend&by=channel`);
  expect(spend?.status()).toBe(200);
  const cells = await own
    .locator('[data-block="result"] [data-cell="spend"]')
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-value') ?? 0)));
  expect(cells.filter((value) => value > 0)).toEqual([]);
  await own.context().close();
});

test('pages of metrics lead here with what they show, and the question can be kept', async () => {
  await page.goto('/drill/sales.won_amount?period=last_month&by=team');
  await page.locator('a[data-explore-metric]').click();
  await page.waitForURL((url) => url.pathname === '/explore' && url.searchParams.get('by') === 'team');
  await chartsDrawn(page);
  await page.goto('/metrics#sales.won_amount');
  await page.locator('summary', { hasText: 'Сохранить' }).first().waitFor();
  await page.locator('[data-explore-metric="sales.won_amount"]').click();
  await page.waitForURL((url) => url.searchParams.get('show') === 'sales.won_amount');
  await page.locator('.toolbar summary', { hasText: 'Сохранить' }).click();
  await page.getByLabel('Название вида').fill('Мой вопрос');
  await page.getByRole('button', { name: 'Сохранить', exact: true }).click();
  await page.getByText('Сохранено. Вид появился в меню.').waitFor();
  await page.goto('/views');
  const told = page.locator('[data-view]', { hasText: 'Мой вопрос' });
  expect(await told.textContent()).toContain('Исследование · Выручка по сделкам · Прошлый месяц');
  const [kept] = await stack.query(
    `delete from app.saved_views where title = 'Мой вопрос' returning page, state`,
  );
  expect(kept?.page).toBe('/explore');
  expect(kept?.state).toContain('show=sales.won_amount');
});

test('a question is put on a schedule under its own words', async () => {
  await page.goto('/explore?period=last_month&show=sales.won_amount,sales.margin&by=team&as=table');
  await page.getByRole('link', { name: 'Отправлять по расписанию' }).click();
  await page.waitForURL((url) => url.pathname === '/reports/new');
  const title = 'Выручка по сделкам, Маржинальность: команда';
  expect(await page.inputValue('input[name=title]')).toBe(title);
  await page.getByRole('button', { name: 'Сохранить' }).click();
  await page.waitForURL((url) => url.searchParams.has('saved'));
  expect(await page.locator('main').textContent()).toContain(`${title} · Прошлый месяц`);
  const [kept] = await stack.query(
    `delete from app.schedules where title = '${title}' returning page, state`,
  );
  expect(kept?.page).toBe('explore');
  expect(kept?.state).toContain('show=sales.won_amount');
});

test('a long table shows its first rows, and all of them by a link that needs no script', async () => {
  const many = `${won}&show=sales.won_amount&by=customer`;
  const context = await browser.newContext({
    baseURL: stack.address,
    storageState: await page.context().storageState(),
    javaScriptEnabled: false,
  });
  const plain = await context.newPage();
  await plain.goto(many);
  const total = await plain.locator('[data-block="result"] tfoot').textContent();
  expect(await rowsOf(plain, 'result')).toHaveLength(50);
  // the other way round come the smallest of all, not the smallest of those shown
  const values = () =>
    plain
      .locator('[data-block="result"] tbody [data-value]')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-value'))));
  const largest = await values();
  await head(plain, 'Выручка').locator('a').click();
  await plain.locator('[data-block="result"] th[aria-sort="ascending"]').waitFor();
  expect(Math.max(...(await values()))).toBeLessThan(Math.min(...largest));
  await plain.locator('[data-fold="result"] a').click();
  await plain.waitForURL((url) => url.searchParams.getAll('all').includes('result'));
  const all = await rowsOf(plain, 'result');
  expect(all.length).toBeGreaterThan(100);
  expect(await plain.locator('[data-block="result"] tfoot').textContent()).toBe(total);
  const file = await plain.request.get(`/export/csv/result/explore${new URL(plain.url()).search}`);
  const short = await plain.request.get(`/export/csv/result${many}`);
  for (const answer of [file, short])
    expect((await answer.text()).trim().split('\n').length).toBeGreaterThan(all.length);
  await plain.locator('[data-fold="result"] a').click();
  await plain.waitForURL((url) => !url.searchParams.has('all'));
  expect(await rowsOf(plain, 'result')).toHaveLength(50);
  await context.close();
});

test('the page is sound in both languages, on a desk and on a phone', async () => {
  const cyrillic = /^(?=.*[а-яё]{4})(?!.*(Отдел|клиенты|Насос|Компрессор|Генератор|Сервис)).*$/i;
  for (const width of [1440, 390]) {
    const one = await signIn(browser, stack, { viewport: { width, height: 844 } });
    watch(one, stack, complaints);
    const lines = '/explore?period=this_year&show=sales.won_amount&by=time,team&compare=none';
    for (const path of ['/explore', pivot, lines]) await expectSound(one, path, /explore|result|total|won/i);
    await speak(one, 'en');
    for (const path of ['/explore', lines]) await expectSound(one, path, cyrillic);
    await one.locator('summary', { hasText: 'Add a measure' }).click();
    await one.locator('[data-picker="measure"] input').waitFor();
    await one.context().close();
  }
  expect(complaints).toEqual([]);
}, 400_000);
