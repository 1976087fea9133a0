import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { cellOf, expectSound, follow, rowsOf, sqlNumber } from './board.ts';
import { addPerson, openDemo, signIn, speak, watch, type RunningStack } from './stack.ts';

const deals = 'core.fct_deals d where not d.is_test and not d.is_deleted';
const living = 'core.dim_customers c where c.same_as is null and not c.is_deleted';
const lapshin = `(select employee_key from core.employees where name = 'Игорь Лапшин')`;

let stack: RunningStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([openDemo(), openBrowser()]);
  page = await signIn(browser, stack);
}, 420_000);

afterAll(async () => {
  await browser?.close();
});

const figure = async (id: string) => Number(await page.locator(`#figure-${id}`).getAttribute('data-value'));

// Each from the deals themselves, not from what loading derives of them.
const bought = `select d.customer_key, count(*) as n, sum(d.amount) as revenue, sum(d.amount - coalesce(d.cost, 0)) as profit,
  min(d.closed_at) as first_at, max(d.closed_at) as last_at from ${deals} and d.status = 'won'
  and d.customer_key in (select c.customer_key from ${living}) group by 1`;

test.each([
  ['paying', `select count(*) from (${bought}) b`],
  ['repeat_rate', `select avg((n >= 2)::int) from (${bought}) b`],
  ['ltv', `select sum(profit) / count(*) from (${bought}) b`],
  ['churn_rate', `select avg((last_at < now() - interval '365 days')::int) from (${bought}) b`],
  [
    'new',
    `select count(*) from (${bought}) b where date_trunc('month', first_at at time zone 'Europe/Moscow')
      = date_trunc('month', now() at time zone 'Europe/Moscow') - interval '1 month'`,
  ],
  [
    'at_risk',
    `select count(*) from (${bought}) b where n >= 3 and last_at >= now() - interval '365 days'
      and now() - last_at > greatest(interval '30 days', 1.5 * (last_at - first_at) / (n - 1))`,
  ],
  [
    'outstanding',
    `select (select sum(amount) from core.fct_invoices where not is_deleted)
      - (select sum(p.amount) from core.fct_payments p where not p.is_deleted and (p.invoice_id is null
        or not exists (select from core.fct_invoices i where i.source = p.source and i.source_id = p.invoice_id and i.is_deleted)))`,
  ],
])('%s is that of the warehouse', async (id, sql) => {
  if (new URL(page.url()).pathname !== '/customers') await page.goto('/customers?period=last_month');
  const told = await sqlNumber(stack, sql);
  expect(told).toBeGreaterThan(0);
  // the clock goes on between the load and this question
  const drift = id === 'at_risk' || id === 'churn_rate' ? Math.max(3, told * 0.01) : 0.01;
  expect(Math.abs((await figure(id)) - told)).toBeLessThanOrEqual(drift);
});

test('ABC × XYZ adds up to the year, and a cell leads to the customers whose money it is', async () => {
  await page.goto('/customers');
  const table = page.locator('[data-block="abc_xyz"]');
  const cells = await table
    .locator('tbody [data-cell^="xyz_"][data-value]')
    .evaluateAll((list) => list.map((cell) => Number(cell.getAttribute('data-value'))));
  const sum = cells.reduce((all, one) => all + one, 0);
  expect(sum).toBeGreaterThan(0);
  expect(await cellOf(page, 'abc_xyz', 'total', 'sum')).toBeCloseTo(sum, 2);
  const told = await sqlNumber(
    stack,
    `select sum(amount) from ${deals} and status = 'won' and closed_at > now() - interval '1 year'
      and customer_key in (select customer_key from ${living})`,
  );
  expect(Math.abs(sum - told) / told).toBeLessThan(0.01);
  await follow(page, '[data-block="abc_xyz"] tbody tr[data-row="A"] [data-cell="xyz_none"]');
  expect(await page.locator('[data-step]').count()).toBe(2);
  await page.locator('[data-records] tbody tr').first().locator('a[href^="/customers/"]').click();
  await page.waitForURL((url) => /^\/customers\/\d+$/.test(url.pathname));
  await page.locator('[data-event]').first().waitFor();
});

test('who is overdue adds up by segment and by owner, and leads to the same number of customers', async () => {
  await page.goto('/customers');
  const sumOf = (table: string) =>
    page
      .locator(`[data-block="${table}"] tbody [data-cell="contact_overdue"]`)
      .evaluateAll((cells) => cells.reduce((sum, cell) => sum + Number(cell.getAttribute('data-value')), 0));
  expect(await sumOf('segments')).toBe(await figure('contact_overdue'));
  expect(await sumOf('neglected')).toBe(await figure('contact_overdue'));
  const gold = await cellOf(page, 'segments', 'gold', 'contact_overdue');
  await follow(page, '[data-block="segments"] tr[data-row="gold"] [data-cell="contact_overdue"]');
  expect(Number(await page.locator('[data-count]').getAttribute('data-count'))).toBe(gold);
});

test('debts by age add up to what is overdue, each to its invoices', async () => {
  await page.goto('/customers');
  const late = await figure('overdue');
  await page.locator('#chart-ageing button').click();
  const links = page.locator('#chart-ageing tbody a');
  expect(await links.count()).toBe(5);
  await follow(page, '[data-block="debtors"] tbody tr [data-cell="overdue"]');
  const rows = await page
    .locator('[data-records] td[data-column="overdue"]')
    .evaluateAll((list) => list.map((cell) => Number(cell.getAttribute('data-value'))));
  const head = Number(await page.locator('[data-drill-value]').getAttribute('data-drill-value'));
  expect(head).toBeGreaterThan(0);
  expect(head).toBeLessThan(late);
  expect(rows.reduce((sum, one) => sum + one, 0)).toBeCloseTo(head, 2);
});

test('a cohort is those who first bought in its month, and its cell leads to the very same share', async () => {
  await page.goto('/customers');
  const row = page.locator('[data-block="cohorts"] tbody tr').first();
  const month = await row.getAttribute('data-row');
  const told = await sqlNumber(
    stack,
    `select count(*) from (${bought}) b where to_char(first_at at time zone 'Europe/Moscow', 'YYYY-MM') = '${month}'`,
  );
  expect(Number(await row.locator('[data-cell="customers"]').getAttribute('data-value'))).toBe(told);
  await follow(page, '[data-block="cohorts"] tbody tr:first-child [data-cell="m1"]');
  await page.goBack();
  await follow(page, '[data-block="cohorts"] tbody tr:first-child [data-cell="customers"]');
}, 120_000);

test('a customer is found by any part of the name, whatever the name is made of', async () => {
  const complaints: string[] = [];
  watch(page, stack, complaints);
  await page.goto('/customers');
  for (const [typed, name] of [
    ['onerror', '<img src=x onerror=alert(1)>'],
    ['=hyper', '=HYPERLINK("http://evil.example","x")'],
    ['две', 'ООО «Две\nстроки\tи табуляция»'],
  ] as const) {
    await page.fill('input[name=q]', typed);
    await page.waitForURL((url) => url.searchParams.get('q') === typed);
    await page.locator('[data-block="found"] h3', { hasText: typed }).waitFor();
    expect(await rowsOf(page, 'found')).toContain(name);
  }
  await page.reload();
  expect(await page.inputValue('input[name=q]')).toBe('две');
  await page.fill('input[name=q]', '%');
  await page.locator('[data-block="found"] h3', { hasText: '«%»' }).waitFor();
  const all = await sqlNumber(stack, `select count(*) from ${living} and position('%' in name) > 0`);
  expect((await rowsOf(page, 'found')).length).toBe(all);
  const [known] = await stack.query(
    `select name, phone, email from ${living} and length(regexp_replace(phone, '\\D', '', 'g')) >= 11 and email like '%@%'
      order by customer_key limit 1`,
  );
  const local =
    known?.phone
      ?.replace(/\D/g, '')
      .slice(-10)
      .replace(/^(\d{3})(\d{3})/, '8 ($1) $2-') ?? '';
  for (const typed of [local, known?.email?.toUpperCase() ?? '']) {
    await page.fill('input[name=q]', typed);
    await page.locator('[data-block="found"] h3', { hasText: typed }).waitFor();
    expect(await rowsOf(page, 'found'), typed).toContain(known?.name);
  }
  const [hostile] = await stack.query(
    `select customer_key as key, name from ${living} and name like '<img%'`,
  );
  await page.goto(`/customers/${hostile?.key}`);
  expect(await page.locator('h1').textContent()).toBe(hostile?.name);
  expect(complaints).toEqual([]);
}, 120_000);

test('the card tells all that happened, newest first, by month, and no more', async () => {
  const [largest] = await stack.query(
    `select customer_key as key from (${bought}) b order by n desc limit 1`,
  );
  const key = largest?.key ?? '';
  await page.goto(`/customers/${key}`);
  const count = async (kind: string) => {
    const text = (await page.locator(`[data-kind="${kind}"] span`).textContent()) ?? '';
    return Number(text.replace(/\D/g, ''));
  };
  const told = (from: string) => sqlNumber(stack, `select count(*) from ${from} and customer_key = ${key}`);
  expect(await count('call')).toBe(await told('core.fct_calls where not is_deleted'));
  expect((await count('mail')) + (await count('meeting'))).toBe(
    await told('core.fct_activities where not is_deleted'),
  );
  expect(await count('survey')).toBe(await told('core.fct_survey_responses where not is_deleted'));
  expect(await count('money')).toBe(
    (await told('core.fct_invoices where not is_deleted')) +
      (await told('core.fct_payments where not is_deleted')),
  );
  expect(await count('complaint')).toBe(
    (await told('core.fct_complaints where not is_deleted')) +
      (await told('core.fct_complaints where not is_deleted and resolved_at is not null')),
  );
  const times = await page
    .locator('[data-event]')
    .evaluateAll((list) => list.map((one) => one.getAttribute('data-at') ?? ''));
  expect(times.length).toBe(50);
  expect(times).toEqual(times.toSorted().toReversed());
  await page.locator('[data-kind="complaint"]').click();
  await page.waitForURL((url) => url.searchParams.get('in') === 'kind:complaint');
  await page.locator('[data-kind="complaint"][aria-current="true"]').waitFor();
  expect(await page.locator('[data-event]:not([data-event="complaint"])').count()).toBe(0);
  await page.locator('[data-kind="call"]').click();
  await page.waitForURL((url) => url.searchParams.getAll('in').length === 2);
  await page.locator('a[rel=next]').click();
  await page.waitForURL((url) => url.searchParams.get('page') === '2');
  await page.reload();
  const older = await page.locator('[data-event]').first().getAttribute('data-at');
  expect(String(older) <= String(times[0])).toBe(true);
  await page.goto(`/customers/${key}?page=999999`);
  expect(await page.locator('[data-event]').count()).toBeGreaterThan(0);
  const name = await page.locator('h1').textContent();
  const ltv = await sqlNumber(stack, `select profit from (${bought}) b where customer_key = ${key}`);
  expect(name).toBeTruthy();
  expect(await figure('ltv')).toBeCloseTo(ltv, 2);
}, 120_000);

test('money and people of a card are those of the tables that they come from', async () => {
  const money = `select customer_key, issued_at as at, amount from core.fct_invoices where not is_deleted
    union all select customer_key, paid_at, amount from core.fct_payments where not is_deleted`;
  // as many as one page of the card shows, and somebody who has left among those who did it
  const [one] = await stack.query(
    `select m.customer_key as key from (${money}) m join (select c.customer_key from ${living}) l using (customer_key)
      where exists (select from core.fct_deals d join core.employees e on e.employee_key = d.owner_key
        where d.customer_key = m.customer_key and e.left_at < now())
      group by 1 having count(*) between 10 and 50 order by count(*) desc, 1 limit 1`,
  );
  const key = one?.key ?? '';
  await page.goto(`/customers/${key}?in=kind:money`);
  const shown = await page
    .locator('[data-event="money"]')
    .evaluateAll((list) =>
      list.map((event) => [
        event.getAttribute('data-at')?.slice(0, 16),
        Number(event.querySelector('[data-amount]')?.getAttribute('data-amount')),
      ]),
    );
  const told = await stack.query(
    `select to_char(at at time zone 'Europe/Moscow', 'YYYY-MM-DD"T"HH24:MI') as at, amount::float8 as amount
       from (${money}) m where customer_key = ${key}`,
  );
  expect(shown.map(String).sort()).toEqual(told.map(({ at, amount }) => String([at, amount])).sort());

  // a deal is created, closed, and stands in each stage that is not its first moment; a new owner is known by the history
  const own = `from core.fct_deals d where not d.is_test and not d.is_deleted and d.customer_key = ${key}`;
  const done = `select owner_key as who ${own}
    union all select owner_key ${own} and status <> 'open' and closed_at is not null
    union all select d.owner_key from core.fct_deal_stage_events e join core.dim_stages s using (stage_key)
      join core.fct_deals d on d.deal_key = e.deal_key where not e.is_deleted and s.kind in ('open', 'nurture')
        and e.entered_at <> d.created_at and d.deal_key in (select deal_key ${own})
    union all select employee_key from core.fct_calls where not is_deleted and customer_key = ${key}
    union all select employee_key from core.fct_activities where not is_deleted and customer_key = ${key}
    union all select employee_key from core.fct_survey_responses where not is_deleted and customer_key = ${key}
    union all select employee_key from core.fct_complaints where not is_deleted and customer_key = ${key}
    union all select employee_key from core.fct_complaints where not is_deleted and customer_key = ${key}
      and resolved_at is not null`;
  const people = await stack.query(
    `select e.name, count(*) as n from (${done}) t join core.employees e on e.employee_key = t.who group by 1`,
  );
  expect(people.length).toBeGreaterThan(1);
  const count = async (name: string) =>
    Number(await page.locator(`[data-person="${name}"]`).first().getAttribute('data-events'));
  for (const { name, n } of people) expect([name, await count(name ?? '')]).toEqual([name, Number(n)]);
  expect(await page.locator('[data-person]').count()).toBe(people.length);
});

test('whose manager has left keeps the history, and the card says who it was', async () => {
  const [gone] = await stack.query(
    `select d.customer_key as key, e.name from core.fct_deals d join core.employees e on e.employee_key = d.owner_key
      join (select c.customer_key from ${living}) l on l.customer_key = d.customer_key
      where e.left_at < now() and not d.is_test and not d.is_deleted group by 1, 2 order by count(*) desc limit 1`,
  );
  await page.goto(`/customers/${gone?.key}`);
  const person = page.locator(`[data-person="${gone?.name}"]`);
  expect(await person.textContent()).toContain('не работает с');
});

test('a manager reads the cards of the own customers only, however asked for', async () => {
  const own = await signIn(
    browser,
    stack,
    {},
    await addPerson(stack, 'lapshin@vector-prom.example', 'manager'),
  );
  const pick = async (who: string) =>
    (
      await stack.query(
        `select c.customer_key as key from core.customers c join core.fct_deals d using (customer_key)
          where not c.is_deleted and ${who} and not d.is_test and not d.is_deleted group by 1 order by count(*) desc limit 1`,
      )
    )[0]?.key;
  const mine = await pick(`c.owner_key = ${lapshin}`);
  const others = await pick(`c.owner_key <> ${lapshin} and d.owner_key = ${lapshin}`);
  expect((await own.goto(`/customers/${mine}`))?.status()).toBe(200);
  // all that happened, whoever did it
  const all = await sqlNumber(
    stack,
    `select count(*) from core.fct_calls where customer_key = ${mine} and not is_deleted`,
  );
  const text = (await own.locator('[data-kind="call"] span').textContent()) ?? '';
  expect(Number(text.replace(/\D/g, ''))).toBe(all);
  for (const path of [
    `/customers/${others}`,
    `/customers/${others}?in=kind:call`,
    `/customers/${others}/__data.json`,
    `/customers/${mine}%20or%201=1`,
    '/customers/-1',
    '/customers/0',
    '/customers/999999999',
  ]) {
    const answer = await own.request.get(path);
    const body = await answer.text();
    expect([path, answer.status() === 404 || body.includes('"status":404')]).toEqual([path, true]);
  }
  await own.goto(`/customers?q=${encodeURIComponent('ООО')}`);
  const mineNames = (
    await stack.query(`select name from core.customers where owner_key = ${lapshin} and not is_deleted`)
  ).map(({ name }) => name);
  const shown = [
    ...(await rowsOf(own, 'found')),
    ...(await rowsOf(own, 'risk')),
    ...(await rowsOf(own, 'churned')),
  ];
  expect(shown.length).toBeGreaterThan(5);
  expect(shown.filter((name) => !mineNames.includes(name))).toEqual([]);
  expect(await rowsOf(own, 'neglected')).toEqual(['Игорь Лапшин']);
  // a deal of another's customer leads to the deals, not to a card that would be refused
  await own.goto('/drill/sales.deals?period=all');
  const links = await own
    .locator('[data-records] tbody a[href^="/customers/"]')
    .evaluateAll((list) => list.map((one) => one.getAttribute('href')));
  for (const href of links.slice(0, 5)) expect((await own.request.get(String(href))).status()).toBe(200);
  await own.context().close();
}, 120_000);

test('the pages are sound in both languages, on a desk and on a phone', async () => {
  const [largest] = await stack.query(
    `select customer_key as key from (${bought}) b order by n desc limit 1`,
  );
  for (const width of [1440, 390]) {
    const one = await signIn(browser, stack, { viewport: { width, height: 844 } });
    for (const path of [
      '/customers?period=last_quarter&q=вектор',
      `/customers/${largest?.key}`,
      '/customers/1',
    ]) {
      await speak(one, 'ru');
      await expectSound(one, path, /customer|revenue|history|overdue/i);
      await speak(one, 'en');
      await expectSound(one, path, /клиент|выручк|истори|просроч/i);
    }
    await one.context().close();
  }
}, 300_000);
