import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser, type ParsedMail } from 'mailparser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import { formatValue } from '../../src/lib/format.ts';
import type { HomePage } from '../../src/lib/page.ts';
import * as home from '../../src/lib/server/home.ts';
import { messageId, open } from '../../src/lib/server/reports/mail.ts';
import { make } from '../../src/lib/server/reports/report.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { parse } from '../../src/lib/state.ts';
import type { Viewer } from '../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { secret, startCube, type Cube } from './cube/server.ts';
import { openServer, type TestServer } from './reports-server.ts';

// One month counted by hand (tests/fixtures/golden/COUNT.md), followed from the file to the mail.
const folder = join(import.meta.dirname, '../fixtures/golden');
const march = 'from=2025-03-01&to=2025-03-31';
const boss: Viewer = {
  user_id: 'boss',
  name: 'Boss',
  email: 'boss@example.com',
  role: 'executive',
  locale: 'ru',
  access: 'company',
  team_keys: [],
  employee_keys: [],
};

let database: Database;
let cube: Cube;
let smtp: TestServer;
let page: HomePage;
let mail: ParsedMail;

beforeAll(async () => {
  database = await createDatabase();
  await runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')) });
  cube = await startCube(database.url);
  smtp = await openServer();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
    ORIGIN: 'https://pulse.example',
  });
  const { state, dropped } = parse(new URLSearchParams(march));
  page = await home.load(boss, state, dropped);
  const message = await make({ page: 'home', state: march }, boss);
  const mailer = open({ url: smtp.url, from: smtp.from });
  const outcome = await mailer.send({
    ...message,
    to: boss.email,
    messageId: messageId('golden', smtp.from.address),
  });
  expect(outcome.kind).toBe('sent');
  mailer.close();
  mail = await simpleParser(smtp.received[0]?.source ?? '');
});

afterAll(async () => {
  await close();
  await smtp?.close();
  await cube?.stop();
  await database?.drop();
});

const kpi = (metric: string) => page.kpis.find((one) => one.metric === metric);

describe('won in March: 4 deals for 500,000.00', () => {
  test('source: the file has ten rows, one of them a test', () => {
    const lines = readFileSync(join(folder, 'deals.csv'), 'utf8').trim().split('\n');
    expect(lines).toHaveLength(11);
    expect(lines.filter((line) => line.endsWith(';да'))).toHaveLength(1);
  });

  test('staging: they landed as they came', async () => {
    const [row] = await database.query(
      `select "Сумма", "Закрыта", _position from staging.crm__deals where "№" = '2'`,
    );
    expect(row).toEqual({ Сумма: '250 000,50', Закрыта: '20.03.2025 12:00', _position: 'deals.csv:3' });
  });

  test('core: moments and money are exact', async () => {
    const [row] = await database.query(
      `select sum(amount)::text as amount, count(*)::int as deals, sum(amount - cost)::text as profit from core.fct_deals
       where status = 'won' and not is_test and closed_at >= '2025-02-28T21:00Z' and closed_at < '2025-03-31T21:00Z'`,
    );
    expect(row).toEqual({ amount: '500000.00', deals: 4, profit: '180000.00' });
  });

  test('Cube: the same in the reporting zone', async () => {
    const [row] = await cube.rows({
      measures: ['deals_won', 'won_amount', 'gross_profit', 'average_deal', 'deals_lost', 'win_rate'].map(
        (m) => `sales.${m}`,
      ),
      timeDimensions: [{ dimension: 'sales.closed_at', dateRange: ['2025-03-01', '2025-03-31'] }],
      timezone: 'Europe/Moscow',
    });
    const figures = Object.fromEntries(
      Object.entries(row ?? {}).map(([name, value]) => [name.slice(6), Number(value)]),
    );
    expect(figures).toMatchObject({
      deals_won: 4,
      won_amount: 500_000,
      gross_profit: 180_000,
      average_deal: 125_000,
      deals_lost: 2,
    });
    expect(figures.win_rate).toBeCloseTo(2 / 3, 12);
  });

  test('page: the figure, its plan, and the others that were counted', () => {
    expect(kpi('sales.won_amount')?.value).toBe(500_000);
    expect(page.kpis.find((one) => one.plan)?.plan).toMatchObject({
      plan: 400_000,
      fact: 500_000,
      completion: 1.25,
    });
    expect(kpi('sales.conversion')?.value).toBeCloseTo(4 / 7, 12);
    expect(kpi('marketing.romi')?.value).toBeCloseTo(0.5, 12);
    expect(kpi('nps.nps')?.value).toBe(40);
    expect(kpi('service.open')?.value).toBe(3);
  });

  test('mail: every figure of the page stands in both its parts', () => {
    const style = { locale: page.locale, currency: page.currency };
    const flat = (text: string) => text.replace(/[\s\u00a0\u202f]+/g, ' ');
    for (const one of page.kpis) {
      const figure = flat(formatValue(one.value, one.unit, style));
      expect(flat(mail.text ?? ''), one.id).toContain(figure);
      expect(flat(String(mail.html || '')), one.id).toContain(figure);
    }
    expect(mail.subject).toContain('Золотой месяц');
    expect(mail.attachments.length).toBeGreaterThan(0);
    for (const image of mail.attachments) expect(image.content.subarray(1, 4).toString()).toBe('PNG');
  });

  test('a customer called <img onerror> is a name and nothing else', () => {
    expect(String(mail.html)).not.toContain('<img src=x');
  });
});

describe('plan of one person', () => {
  test('Анна: 350,000.50 of 300,000', async () => {
    const [row] = await cube.rows({
      measures: ['plan_fact.plan', 'plan_fact.fact', 'plan_fact.gap'],
      filters: [
        { member: 'plan_fact.scope_kind', operator: 'equals', values: ['employee'] },
        { member: 'plan_fact.metric', operator: 'equals', values: ['won_amount'] },
      ],
    });
    expect(Object.values(row ?? {}).map(Number)).toEqual([300_000, 350_000.5, 50_000.5]);
  });
});
