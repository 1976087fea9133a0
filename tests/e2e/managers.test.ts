import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../harness/browser.ts';
import { cellOf, expectSound, follow, rowsOf, sqlNumber } from './board.ts';
import { addPerson, openDemo, signIn, speak, type RunningStack } from './stack.ts';

const real = 'not d.is_test and not d.is_deleted';
const local = (column: string) => `(${column} at time zone 'Europe/Moscow')`;
const lastMonth = (column: string) =>
  `date_trunc('month', ${local(column)}) = date_trunc('month', ${local('now()')}) - interval '1 month'`;
const who = 'Игорь Лапшин';
const of = (key: string) => `${key} = (select employee_key from core.employees where name = '${who}')`;

let stack: RunningStack;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [stack, browser] = await Promise.all([openDemo(), openBrowser()]);
  page = await signIn(browser, stack);
  await page.goto('/managers?period=last_month');
}, 420_000);

afterAll(async () => {
  await browser?.close();
});

describe('the figures of one manager are those of the warehouse', () => {
  const calls = `core.fct_calls c where not is_deleted and ${of('employee_key')} and ${lastMonth('started_at')}`;
  const missed = `direction = 'in' and disposition <> 'answered'`;
  test.each([
    ['calls', 'calls', `select count(*) from ${calls}`],
    ['calls', 'missed', `select count(*) from ${calls} and ${missed}`],
    ['calls', 'talk_minutes', `select sum(talk_s) / 60.0 from ${calls}`],
    ['calls', 'talk_seconds_average', `select avg(talk_s) from ${calls} and disposition = 'answered'`],
    [
      'calls',
      'missed_unreturned',
      `select count(*) from ${calls} and ${missed} and not exists (select from core.fct_calls b
         where not b.is_deleted and b.direction = 'out' and b.phone = c.phone
           and b.started_at > c.started_at and b.started_at <= c.started_at + interval '2 hours')`,
    ],
    [
      'plan',
      'fact',
      `select sum(amount) from core.fct_deals d
        where status = 'won' and ${real} and ${of('owner_key')} and ${lastMonth('closed_at')}`,
    ],
    [
      'plan',
      'plan',
      `select sum(plan) from core.fct_plan_fact p where metric = 'won_amount' and scope_kind = 'employee'
         and scope = '${who}' and month = date_trunc('month', ${local('now()')}) - interval '1 month'`,
    ],
    [
      'load',
      'active',
      `select count(distinct customer_key) from core.fct_deals d join ops.sources s using (source)
        where ${real} and ${of('owner_key')} and (status = 'open' or (status = 'won'
          and closed_at > s.fresh_at - interval '90 days'))`,
    ],
    [
      'discipline',
      'unprocessed',
      `select count(*) from core.fct_deals d join core.dim_stages s using (stage_key)
        where ${real} and ${of('owner_key')} and status = 'open' and first_response_at is null
          and s.position = (select min(position) from core.dim_stages f where f.pipeline = s.pipeline)`,
    ],
    [
      'discipline',
      'sla_breaches',
      `select count(*) from core.fct_deals d join ops.sources s using (source)
        where ${real} and ${of('owner_key')} and ${lastMonth('created_at')}
          and coalesce(first_response_at, s.fresh_at) - created_at > interval '24 hours'`,
    ],
    [
      'activity',
      'meetings',
      `select count(*) from core.fct_activities where not is_deleted and kind = 'meeting' and ${of('employee_key')}
         and date_trunc('month', ${local('created_at')}) = date_trunc('month', ${local('now()')})`,
    ],
  ])('%s: %s', async (table, column, sql) => {
    expect(await cellOf(page, table, who, column)).toBeCloseTo(await sqlNumber(stack, sql), 2);
  });
});

test.each([
  ['calls', 'missed_unreturned'],
  ['discipline', 'sla_breaches'],
  ['load', 'customers'],
  ['plan', 'fact'],
  ['plan', 'forecast'],
  ['activity', 'month'],
  ['skills', 'average_score'],
])('from %s: %s to the records behind it', async (table, column) => {
  await page.goto('/managers?period=last_month');
  await follow(page, `[data-block="${table}"] tr[data-row="${who}"] [data-cell="${column}"]`);
  expect(await page.locator('[data-records] tbody tr').count()).toBeGreaterThan(0);
});

type Step = { click: string } | { see: string };

/** What a head of sales asks; `click` goes on, `see` is where the answer stands. Home is where each begins. */
const questions: [string, Step[]][] = [
  ['plans as of today', [{ see: '[data-block="plan"] [data-cell="completion"][data-value]' }]],
  [
    'the funnel of a manager',
    [
      { click: `[data-block="plan"] tr[data-row="${who}"] [data-cell="owner"] a` },
      { see: '[data-block="stages"] [data-cell="entered"][data-value]' },
    ],
  ],
  [
    'the history of a customer whose manager left',
    [
      { click: '[data-block="left"] tbody tr:first-child [data-cell="customer"] a' },
      { see: '#timeline [data-event]' },
    ],
  ],
  [
    'what was done today, this week, this month',
    [{ see: '[data-block="activity"] [data-cell="month"][data-value]' }],
  ],
  ['customers in work', [{ see: '[data-block="load"] [data-cell="active"][data-value]' }]],
  ['leads nobody worked', [{ see: '[data-block="discipline"] [data-cell="unprocessed"][data-value]' }]],
  ['broken rules of response', [{ see: '[data-block="discipline"] [data-cell="sla_breaches"][data-value]' }]],
  [
    'customers nobody contacts',
    [{ see: '[data-block="discipline"] [data-cell="contact_overdue"][data-value]' }],
  ],
  ['evenness of distribution', [{ see: '[data-block="load"] [data-cell="best_share"][data-value]' }]],
  [
    'time on the phone and average call',
    [{ see: '[data-block="calls"] [data-cell="talk_seconds_average"][data-value]' }],
  ],
];

describe.each([
  ['ru', 1440],
  ['ru', 390],
  ['en', 1440],
  ['en', 390],
] as const)('in %s at %s pixels, from the home page in at most three clicks', (locale, width) => {
  let one: Page;

  beforeAll(async () => {
    one = await signIn(browser, stack, { viewport: { width, height: 844 } });
    await speak(one, locale);
  });
  afterAll(() => one.context().close());

  test.each(questions)('%s', async (_, steps) => {
    await one.goto('/');
    let clicks = 0;
    const click = async (selector: string) => {
      clicks++;
      await one.locator(selector).first().click();
    };
    const link = 'nav a[href="/managers"]:visible';
    if ((await one.locator(link).count()) === 0) {
      clicks++;
      await one.getByRole('button', { name: /Открыть меню|Open the menu/ }).click();
      await one.locator(link).first().waitFor();
    }
    await click(link);
    await one.waitForURL((url) => url.pathname === '/managers');
    for (const step of steps) {
      if ('click' in step) {
        const before = one.url();
        await click(step.click);
        await one.waitForURL((url) => url.href !== before);
      } else await one.locator(step.see).first().waitFor();
    }
    expect(clicks).toBeLessThanOrEqual(3);
  });
});

test('who left is named, and the story of the missed calls is told', async () => {
  await page.goto('/managers?period=last_month');
  const left = await stack.query(`select name from core.employees where left_at is not null`);
  const told = await page.locator('[data-block="left"] header').textContent();
  for (const { name } of left) expect(told).toContain(name);
  expect(await page.locator('[data-block="calls"] header').textContent()).toContain(who);
});

test('a head sees the own team only, a manager themselves only', async () => {
  const team = await stack.query(`select e.name from core.employees e join core.dim_teams t using (team_key)
    where t.name = 'Отдел продаж «Центр»'`);
  const names = team.map(({ name }) => name);
  const head = await signIn(
    browser,
    stack,
    {},
    await addPerson(stack, 'vorontsov@vector-prom.example', 'head'),
  );
  await head.goto('/managers?period=last_month');
  for (const table of ['plan', 'activity', 'calls', 'load', 'discipline', 'skills']) {
    const seen = await rowsOf(head, table);
    expect(seen.filter((name) => !names.includes(name))).toEqual([]);
    expect(seen.length).toBeGreaterThan(2);
  }
  // both who left were of another team
  expect(await rowsOf(head, 'left')).toEqual([]);
  // what rights hide is not called missing, and a page of others says so within the frame
  await head.goto('/');
  expect(await head.locator('#kpi-romi').textContent()).toContain('видны тем, кто видит всю компанию');
  expect((await head.goto('/settings/people'))?.status()).toBe(403);
  expect(await head.locator('main').textContent()).toContain('администратор');
  expect(await head.locator('aside').getByRole('link', { name: 'Продажи' }).isVisible()).toBe(true);
  await head.context().close();
  const own = await signIn(
    browser,
    stack,
    {},
    await addPerson(stack, 'lapshin@vector-prom.example', 'manager'),
  );
  await own.goto('/managers?period=last_month');
  for (const table of ['plan', 'activity', 'calls', 'load', 'discipline', 'skills'])
    expect(await rowsOf(own, table)).toEqual([who]);
  await own.context().close();
}, 120_000);

test('the page is sound in both languages, on a desk and on a phone', async () => {
  for (const width of [1440, 390]) {
    const one = await signIn(browser, stack, { viewport: { width, height: 844 } });
    await expectSound(one, '/managers', /manager|calls|load/i);
    await speak(one, 'en');
    await expectSound(one, '/managers', /менеджер|звонк|нагрузк|клиент/i);
    await one.context().close();
  }
}, 180_000);

test.each([390, 768])(
  'at %s pixels the column that rows stand by is seen beside whole names',
  async (width) => {
    const narrow = await signIn(browser, stack, { viewport: { width, height: 844 } });
    await narrow.goto('/managers?period=last_month');
    for (const table of ['plan', 'activity', 'calls']) {
      const region = narrow.locator(`[data-block="${table}"] [role="region"]`);
      await expect
        .poll(
          () =>
            region.evaluate((box) => {
              const names = box.querySelector('thead th')?.getBoundingClientRect();
              const sorted = box.querySelector('th[aria-sort]')?.getBoundingClientRect();
              const right = box.getBoundingClientRect().right;
              return !!names && !!sorted && sorted.left >= names.right - 1 && sorted.right <= right + 1;
            }),
          { timeout: 15_000 },
        )
        .toBe(true);
    }
    await narrow.context().close();
  },
  60_000,
);
