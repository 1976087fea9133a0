import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedDemo, type Seeded } from '../../demo/seed.ts';
import { startHelpdesk } from '../../demo/systems.ts';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';

import * as forecasts from '../../src/lib/server/forecast.ts';
import { readCourses, type Course } from '../../src/lib/server/forecast/series.ts';
import * as home from '../../src/lib/server/home.ts';
import { settle, type Scope } from '../../src/lib/server/scope.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { monthOf, shiftDay } from '../../src/lib/period.ts';
import { parse } from '../../src/lib/state.ts';
import { mean, print, score } from '../harness/backtest.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { boss } from '../harness/viewer.ts';
import { secret, startCube, type Cube } from './cube/server.ts';

describe.skipIf(!process.env.PULSE_TEST_PG)('forecasts of the demo company', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse forecast '));
  const adminUrl = process.env.PULSE_TEST_PG ?? '';
  let warehouse: Database;
  let cube: Cube;
  let seeded: Seeded;
  let helpdesk: Awaited<ReturnType<typeof startHelpdesk>>;
  let scope: Scope;
  let today: string;
  let company: Course;
  let owners: Map<string, Course>;

  beforeAll(async () => {
    seeded = await seedDemo({ adminUrl, folder, scale: 0.2, prefix: 'demo_forecast' });
    warehouse = await createDatabase();
    helpdesk = await startHelpdesk({ folder, token: 'secret' });
    const config = readConfig(seeded.configPath, {
      DEMO_CRM_URL: seeded.crmUrl,
      DEMO_PBX_URL: seeded.pbxUrl,
      DEMO_HELPDESK_URL: helpdesk.url,
      DEMO_HELPDESK_TOKEN: 'secret',
    });
    const runs = await runSources({ warehouseUrl: warehouse.url, config });
    expect(runs.map(({ status }) => status)).not.toContain('failed');
    cube = await startCube(warehouse.url);
    Object.assign(process.env, {
      WAREHOUSE_URL: warehouse.url,
      CUBE_URL: `${cube.base}/cubejs-api`,
      PULSE_SECRET: secret,
    });
    scope = await settle(boss, parse(new URLSearchParams('')).state);
    today = forecasts.presentDay(scope)!;
    company = (await readCourses(scope, { metric: 'won_amount', today, months: 36 })).get('')!;
    owners = await readCourses(scope, { metric: 'won_amount', today, months: 24, by: 'owner' });
  }, 240_000);

  afterAll(async () => {
    await close();
    await cube?.stop();
    await helpdesk?.close();
    await warehouse?.drop();
    const admin = await createDatabase();
    for (const name of ['demo_forecast_crm', 'demo_forecast_pbx'])
      await admin.query(`drop database if exists ${name} with (force)`);
    await admin.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const real = 'not is_test and not is_deleted';
  const number = async (sql: string, values: unknown[]) =>
    Number(Object.values((await warehouse.query<Record<string, string>>(sql, values))[0] ?? {})[0] ?? 0);
  const local = (column: string) => `(${column} at time zone 'Europe/Moscow')::date`;

  test('learn from what SQL counts by day', async () => {
    for (const month of company.history.slice(-15)) {
      const reached = month.days.slice(0, 10).reduce((a, b) => a + b, 0);
      const told = await number(
        `select coalesce(sum(amount), 0) from core.fct_deals where status = 'won' and ${real}
           and ${local('closed_at')} between $1::date and $1::date + 9`,
        [`${month.month}-01`],
      );
      expect(reached).toBeCloseTo(told, 2);
    }
  });

  test('know what was open on a past day, though only the present is kept', async () => {
    for (const month of company.history.slice(-6)) {
      const told = await number(
        `select coalesce(sum(amount), 0) from core.fct_deals where ${real}
           and coalesce(${local('created_at')} <= $1::date + 9, true) and (status = 'open' or ${local('closed_at')} > $1::date + 9)`,
        [`${month.month}-01`],
      );
      expect(month.stock?.[10]).toBeCloseTo(told, 2);
    }
  });

  test('are not worse than the run-rate on the past, for the company and for each manager', () => {
    const whole = score([company.history]);
    const each = score([...owners].filter(([name]) => name !== '').map(([, course]) => course.history));
    print('the demo company', whole);
    print('its managers', each);
    expect(mean(whole, 'forecast')).toBeLessThanOrEqual(mean(whole, 'naive'));
    expect(mean(each, 'forecast')).toBeLessThanOrEqual(mean(each, 'naive'));
  });

  test('stand in the plan tile beside their errors, and the plans about to fail below', async () => {
    const page = await home.load(boss, parse(new URLSearchParams('')).state);
    const tile = page.kpis.find(({ id }) => id === 'plan')!;
    const course = forecasts.outlookOf(company)!;
    expect(tile.outlook?.value).toBeCloseTo(course.value, 6);
    expect(tile.outlook!.value).toBeGreaterThanOrEqual(tile.plan!.fact! - 1e-6);
    expect(tile.sentence).toContain('By month end');
    const lines = await warehouse.query<{ scope: string; plan: string }>(
      `select scope, plan::text from core.fct_plan_fact
       where month = $1 and metric = 'won_amount' and scope_kind = 'employee'`,
      [monthOf(today).from],
    );
    const plans = new Map(lines.map(({ scope: name, plan }) => [name, Number(plan)]));
    const short = [...plans]
      .map(([name, plan]) => ({ name, missing: plan - (forecasts.outlookOf(owners.get(name)!)?.value ?? 0) }))
      .filter(({ missing }) => missing > 0);
    const { rows, hidden } = page.risks!;
    expect(rows.length + hidden).toBeGreaterThan(0);
    expect(Math.abs(rows.length + hidden - short.length)).toBeLessThanOrEqual(2);
    for (const { name, plan, forecast, missing } of rows) {
      expect(plan).toBe(plans.get(name));
      expect(missing).toBeCloseTo(plan - forecast, 6);
      expect(missing).toBeGreaterThan(0);
    }
    expect(rows.map(({ missing }) => missing)).toEqual(
      rows.map(({ missing }) => missing).toSorted((a, b) => b - a),
    );
  });

  test('of a month that is over there are none: its result is known', async () => {
    const past = monthOf(shiftDay(monthOf(today).from, -1));
    const page = await home.load(boss, parse(new URLSearchParams({ from: past.from, to: past.to })).state);
    expect(page.kpis.find(({ id }) => id === 'plan')?.outlook).toBeNull();
    expect(page.risks).toBeNull();
  });
});
