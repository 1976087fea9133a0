import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import * as choices from '../../src/lib/server/choices.ts';
import { readLimits } from '../../src/lib/server/incidents/limits.ts';
import { log } from '../../src/lib/server/log.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import * as workingDays from '../../src/lib/server/working-days.ts';
import { createLoads } from '../../src/worker/loads.ts';
import type { Database } from '../harness/database.ts';
import { openCompany, viewerOf } from './settings-company.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

let database: Database;
const boss = viewerOf({ id: 'boss', email: 'boss@example.com' });
const golden = resolve('tests/fixtures/golden/pulse.yaml');

beforeAll(async () => {
  ({ database } = await openCompany());
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'boss@example.com', 'admin')`,
  );
});

afterAll(async () => {
  await close();
  await database.drop();
});

const form = (values: Record<string, string | string[]>) => {
  const data = new FormData();
  for (const [key, value] of Object.entries(values)) for (const one of [value].flat()) data.append(key, one);
  return data;
};
const setting = async (key: string) =>
  (await database.query<{ value: unknown }>('select value from core.settings where key = $1', [key]))[0]
    ?.value;
const numberOf = async (sql: string) => Number(Object.values((await database.query(sql))[0] ?? {})[0]);
/** The worker as it finds what is due. */
async function work(config = readConfig(golden)): Promise<void> {
  const loads = await createLoads(config, database.url, log);
  await loads.tick();
  await loads.stop();
}

test('a limit that is set holds from the next load, the figures and the rules go by it', async () => {
  const lost = 'select count(*) from core.customer_facts where is_churned';
  const before = await numberOf(lost);
  const version = await numberOf('select max(version) from ops.data_version');
  const saved = await choices.save(
    boss,
    form({
      'limits.churn_days': '36500',
      'limits.active_customers': ['10', '20'],
      'incidents.rules.margin_low.points': '12,5',
      'incidents.quiet': ['22:00', '07:00'],
      'limits.answer_seconds': '20',
      rules: 'all',
      on: ['campaign_loss'],
    }),
  );
  expect(saved).toEqual({
    changed: [
      'limits.churn_days',
      'limits.active_customers',
      'incidents.quiet',
      'incidents.rules.margin_low.points',
      'incidents.off',
    ],
  });
  await work();
  expect(await setting('limits.churn_days')).toBe(36_500);
  expect(await setting('limits.active_customers')).toEqual([10, 20]);
  expect(before).toBeGreaterThan(0);
  expect(await numberOf(lost)).toBe(0);
  expect(await numberOf('select max(version) from ops.data_version')).toBeGreaterThan(version);
  const limits = await readLimits();
  expect(limits).toMatchObject({
    rules: { margin_low: { points: 0.125 } },
    quiet: { from: '22:00', to: '07:00' },
  });
  expect(limits.off).toContain('debts_overdue');
  expect(limits.off).not.toContain('campaign_loss');
  const page = await choices.load();
  expect(page.limits.find(({ key }) => key === 'limits.churn_days')).toMatchObject({
    ...{ text: '36500', usual_text: '365', is_given: false, changed: { by: 'boss@example.com' } },
  });
  expect(page.rules.find(({ name }) => name === 'margin_low')?.limits.points).toBe(0.125);
});

test('an emptied field goes back to what is usual, and one that did not change is no change', async () => {
  expect(await choices.save(boss, form({ 'limits.churn_days': '36500' }))).toEqual({ changed: [] });
  expect(
    await choices.save(boss, form({ 'limits.churn_days': ' ', 'incidents.quiet': ['', ''], rules: 'all' })),
  ).toMatchObject({ changed: ['limits.churn_days', 'incidents.quiet', 'incidents.off'] });
  const all = (await choices.load()).rules.map(({ name }) => name);
  await choices.save(boss, form({ rules: 'all', on: all }));
  await work();
  expect(await setting('limits.churn_days')).toBe(365);
  expect(await readLimits()).toMatchObject({ quiet: null, off: [] });
});

test.each([
  ['limits.churn_days', '0'],
  ['limits.churn_days', '1e3'],
  ['limits.churn_days', '<img src=x>'],
  ['limits.answer_seconds', '-5'],
  ['limits.active_customers', ['30', '20']],
  ['incidents.mail.digest_at', '25:00'],
  ['incidents.quiet', ['22:00', '']],
  ['incidents.min_stake', 'NaN'],
])('%s is not %s, and nothing is saved', async (key, text) => {
  const wish = form({ 'limits.callback_hours': '7', [key]: text });
  expect(await choices.save(boss, wish)).toMatchObject({ wrong: [{ key }] });
  expect(await database.query(`select from app.settings where key = 'limits.callback_hours'`)).toEqual([]);
});

test('what pulse.yaml says stays, and the page says so; a choice that no longer fits changes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pulse-limits-'));
  try {
    const text = readFileSync(golden, 'utf8').replaceAll(/path: (\S+)/g, (_, path: string) =>
      path.startsWith('/') ? `path: ${path}` : `path: ${resolve('tests/fixtures/golden', path)}`,
    );
    const file = join(folder, 'pulse.yaml');
    writeFileSync(file, `limits: { churn_days: 200 }\nincidents: { off: [margin_low] }\n${text}`);
    await choices.save(boss, form({ 'limits.churn_days': '9', 'limits.callback_hours': '5' }));
    await database.query(
      `insert into app.settings values ('limits.no_such', '1', 'x'), ('limits.contact_days', '"soon"', 'x'),
         ('sources.evil', '1', 'x'), ('incidents.__proto__.off', '1', 'x')`,
    );
    await runSources({ warehouseUrl: database.url, config: readConfig(file), only: [] });
    expect(await setting('limits.churn_days')).toBe(200);
    expect(await setting('limits.callback_hours')).toBe(5);
    expect(await setting('limits.contact_days')).toMatchObject({ gold: 14 });
    const page = await choices.load();
    expect(page.limits.find(({ key }) => key === 'limits.churn_days')).toMatchObject({
      ...{ text: '200', is_given: true },
    });
    expect(page).toMatchObject({ is_off_given: true });
    expect(page.rules.find(({ name }) => name === 'margin_low')?.is_on).toBe(false);
    expect(await choices.save(boss, form({ 'limits.churn_days': '9', rules: 'all' }))).toEqual({
      changed: [],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a day that is said to be free is no working day from the next load, and goes back when it is taken back', async () => {
  const year = new Date().getFullYear();
  const page = await workingDays.load(year);
  const all = page.days.filter(({ is_workday }) => is_workday).map(({ day }) => day);
  const [free = ''] = all;
  const saturday = page.days.find(({ day }) => new Date(`${day}T12:00:00Z`).getUTCDay() === 6)?.day ?? '';
  const wish = new Set([...all.filter((day) => day !== free), saturday]);
  expect(await workingDays.save(boss, year, wish)).toEqual({ changed: 2 });
  await work();
  const held = `select string_agg(day || ' ' || is_workday, ', ' order by day) from core.dim_calendar
    where day in ('${free}', '${saturday}')`;
  const said = [`${free} false`, `${saturday} true`].sort().join(', ');
  expect(Object.values((await database.query(held))[0] ?? {})).toEqual([said]);
  expect((await workingDays.load(year)).workdays).toBe(page.workdays);
  expect(await workingDays.save(boss, year, wish)).toEqual({ changed: 0 });
  expect(await workingDays.save(boss, year, new Set(all))).toEqual({ changed: 2 });
  await work();
  expect(Object.values((await database.query(held))[0] ?? {})).toEqual([
    [`${free} true`, `${saturday} false`].sort().join(', '),
  ]);
  expect(await database.query('select from app.calendar_days')).toEqual([]);
  const deeds = await database.query(
    `select action from app.audit where action like '%_changed' order by at`,
  );
  expect(deeds.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['limits_changed', 'calendar_changed']),
  );
});
