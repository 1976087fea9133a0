import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chartsDrawn, enterDemo, speak, type RunningStack } from './stack.ts';

const standard = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const [customer, person] = ['customer', 'person'];

/** Every page that has an address of its own; what is in braces is looked up in the company. */
const pages = [
  '/',
  '/incidents',
  '/marketing?period=last_quarter',
  '/sales?period=last_quarter',
  '/managers',
  '/customers',
  `/customers/{${customer}}`,
  '/service?period=last_quarter',
  '/explore',
  '/explore?show=sales.won_amount&by=team&across=time&as=pivot&period=last_quarter',
  '/metrics',
  '/data',
  '/data/crm',
  '/data/crm/quarantine',
  '/data/identity',
  '/reports',
  '/reports/new?page=/sales',
  '/views',
  '/settings/people',
  `/settings/people/{${person}}`,
  '/settings/account',
  '/settings/plans',
  '/settings/limits',
  '/settings/calendar',
  '/settings/audit',
  '/drill/sales.won_amount?period=last_quarter',
  '/drill/attribution.revenue?period=last_quarter&by=campaign',
  '/drill/sales.won_amount/why?period=last_quarter&compare=previous',
  '/nowhere',
];

let stack: RunningStack;
let browser: Browser;
let page: Page;
const found: Record<string, string> = {};

beforeAll(async () => {
  ({ stack, browser, page } = await enterDemo());
  const one = async (sql: string) => String(Object.values((await stack.query(sql))[0] ?? {})[0]);
  found[customer] = await one(
    `select customer_key from core.fct_deals where customer_key is not null and status = 'won' and not is_test
       and not is_deleted group by 1 order by count(*) desc, 1 limit 1`,
  );
  found[person] = await one(`select id from app.users order by created_at limit 1`);
}, 420_000);

afterAll(async () => {
  await browser?.close();
});

test.each([
  ['ru', 'dark'],
  ['en', 'light'],
] as const)(
  'axe finds nothing on any page: %s, %s',
  async (locale, theme) => {
    await speak(page, locale);
    await page.context().addCookies([{ name: 'pulse_theme', value: theme, url: stack.address }]);
    const wrong: [string, string, string | undefined][] = [];
    for (const path of pages) {
      await page.goto(path.replace(/\{(\w+)\}/, (_, name: string) => found[name] ?? ''));
      expect(await page.locator('html').getAttribute('data-theme')).toBe(theme);
      await chartsDrawn(page);
      const { violations } = await new AxeBuilder({ page }).withTags(standard).analyze();
      for (const { id, nodes } of violations) wrong.push([path, id, nodes[0]?.html]);
    }
    expect(wrong).toEqual([]);
  },
  600_000,
);
