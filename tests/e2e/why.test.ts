import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectSound } from './board.ts';
import { enterDemo, speak, type RunningStack } from './stack.ts';

// one stack for all files of a run: a single step may have to wait for others
vi.setConfig({ testTimeout: 240_000 });

let stack: RunningStack;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const period = 'from=2025-07-01&to=2025-09-30&compare=previous';

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo(complaints));
}, 600_000);

afterAll(async () => {
  await browser?.close();
});

const effects = async (cut: string) =>
  page
    .locator(`[data-cut="${cut}"] [data-change]`)
    .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-change'))));
const sum = (values: number[]) => values.reduce((all, value) => all + value, 0);
const quarter = (column: string, from: string, to: string) =>
  `(${column} at time zone 'Europe/Moscow')::date between '${from}' and '${to}'`;
const real = 'not d.is_test and not d.is_deleted';

test('from a tile of the home page to what has changed it, each cut of which makes the whole change', async () => {
  await speak(page, 'ru');
  await page.goto(`/?${period}`);
  await page.locator('#kpi-won_amount').getByRole('link', { name: 'Почему изменилось' }).click();
  await page.waitForURL(/\/drill\/sales\.won_amount\/why/);
  const rows = await stack.query(
    `select coalesce(t.name, '') as team,
            sum(d.amount) filter (where ${quarter('d.closed_at', '2025-07-01', '2025-09-30')}) as now,
            sum(d.amount) filter (where ${quarter('d.closed_at', '2025-04-01', '2025-06-30')}) as before
       from core.fct_deals d left join core.employees e on e.employee_key = d.owner_key
       left join core.dim_teams t on t.team_key = e.team_key
      where d.status = 'won' and ${real} group by 1`,
  );
  const change = sum(rows.map(({ now, before }) => Number(now ?? 0) - Number(before ?? 0)));
  const cuts = await page
    .locator('[data-cut]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-cut') ?? ''));
  expect(cuts).toEqual(expect.arrayContaining(['factors', 'team', 'owner', 'product', 'channel']));
  for (const cut of cuts) expect(sum(await effects(cut)), cut).toBeCloseTo(change, 0);
  for (const { team, now, before } of rows.filter((row) => row.now ?? row.before)) {
    const row = page.locator('[data-cut="team"] tr', { hasText: team });
    const effect = Number(await row.locator('[data-change]').getAttribute('data-change'));
    expect(effect, team).toBeCloseTo(Number(now ?? 0) - Number(before ?? 0), 0);
  }
  const [sentence] = await page.locator('[data-why] p').allInnerTexts();
  expect(sentence).toMatch(/было .+, стало /);
});

test('on a phone each part shows its bar without scrolling sideways', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/drill/sales.won_amount/why?${period}`);
  const ends = await page
    .locator('[data-cut] tbody svg:visible')
    .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().right));
  expect(ends.length).toBeGreaterThan(10);
  expect(Math.max(...ends)).toBeLessThan(390);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('a rate is split by what each part is better or worse at, and how much it weighs', async () => {
  await page.goto(`/drill/sales.win_rate/why?${period}`);
  const rows = await stack.query(
    `select d.channel_key, side, count(*) filter (where status = 'won') as won, count(*) as closed
       from (select coalesce(c.channel, '') as channel_key, d.status,
                    case when ${quarter('d.closed_at', '2025-07-01', '2025-09-30')} then 'now'
                         when ${quarter('d.closed_at', '2025-04-01', '2025-06-30')} then 'before' end as side
               from core.fct_deals d left join core.dim_campaigns c on c.campaign_key = d.campaign_key
              where d.status in ('won', 'lost') and ${real}) d
      where side is not null group by 1, 2`,
  );
  const of = (side: string, what: 'won' | 'closed') =>
    sum(rows.filter((row) => row.side === side).map((row) => Number(row[what])));
  const change = of('now', 'won') / of('now', 'closed') - of('before', 'won') / of('before', 'closed');
  expect(change).not.toBe(0);
  for (const cut of ['team', 'owner', 'channel']) {
    expect(sum(await effects(cut)), cut).toBeCloseTo(change, 6);
  }
  await page.goto(`/drill/sales.cycle_days/why?${period}`);
  expect(await page.locator('[data-why]').innerText()).toContain('не складываются');
  await page.goto('/drill/sales.won_amount/why?period=all');
  expect(await page.locator('[data-why]').innerText()).toContain('Сравнивать не с чем');
  expect((await page.goto('/drill/sales.nothing/why'))?.status()).toBe(404);
  complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('404')));
});

test('nothing is refused by the policy, and axe finds nothing', async () => {
  for (const [locale, other] of [
    ['en', /[а-яё]{9}/i],
    ['ru', /\b(Factors|Added|Before)\b/],
  ] as const) {
    await speak(page, locale);
    await expectSound(page, `/drill/marketing.romi/why?${period}`, other);
  }
  expect(complaints).toEqual([]);
});
