import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../etl/config.ts';
import { runSources } from '../../etl/run.ts';
import { formatValue } from '../../src/lib/format.ts';
import * as desk from '../../src/lib/server/reports/desk.ts';
import { enclose } from '../../src/lib/server/reports/enclosures.ts';
import { preview } from '../../src/lib/server/reports/orders.ts';
import * as schedules from '../../src/lib/server/reports/schedules.ts';
import * as viewers from '../../src/lib/server/viewers.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { secret, startCube, type Cube } from './cube/server.ts';
import { openServer, type TestServer } from './reports-server.ts';

vi.hoisted(() => (process.env.LOG_LEVEL = 'silent'));

// The company that was counted by hand; Anna is of the team North, Boris of South.
const folder = join(import.meta.dirname, '../fixtures/golden');
const march = 'from=2025-03-01&to=2025-03-31';
let database: Database;
let cube: Cube;
let server: TestServer;
let schedule: schedules.Schedule;

const people = [
  ['boss', 'executive', 'en'],
  ['admin', 'admin', 'en'],
  ['ads', 'marketing', 'en'],
  ['north', 'head', 'ru'],
  ['anna', 'manager', 'ru'],
  ['boris', 'manager', 'en'],
  ['bare', 'manager', 'en'],
] as const;

beforeAll(async () => {
  database = await createDatabase();
  await runSources({ warehouseUrl: database.url, config: readConfig(join(folder, 'pulse.yaml')) });
  [cube, server] = await Promise.all([startCube(database.url), openServer()]);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
    ORIGIN: 'https://pulse.example',
    SMTP_URL: server.url,
  });
  for (const [id, role, locale] of people)
    await database.query(
      `insert into app.users (id, name, email, role, locale) values ($1, $1, $1 || '@example.com', $2, $3)`,
      [id, role, locale],
    );
  await database.query(`
    insert into core.dim_teams (source, source_id, name) values ('crm', 'north', 'North'), ('crm', 'south', 'South');
    update core.dim_employees e set team_key = t.team_key from core.dim_teams t
     where t.source_id = case e.source_id when 'Анна' then 'north' else 'south' end;
    insert into app.user_teams values ('north', 'crm', 'north');
    insert into app.user_employees values ('anna', 'crm', 'Анна'), ('boris', 'crm', 'Борис')`);
  schedule = await schedules.add({
    ...{ title: 'Sales of March', page: 'sales', state: march, owner_id: 'boss' },
    ...{ cron: '0 9 * * *', timezone: 'UTC', recipients: [{ email: 'boss@example.com', locale: null }] },
  });
}, 120_000);

afterAll(async () => {
  await close();
  await Promise.all([cube?.stop(), server?.close()]);
  await database?.drop();
});

const viewer = async (id: string) => {
  const found = await viewers.find(id);
  if (!found) throw new Error(`Nobody is called ${id}`);
  return found;
};
const flat = (text: string) => text.replace(/[\s\u00a0\u202f]+/g, ' ');
const money = (value: number, locale: 'ru' | 'en') =>
  flat(formatValue(value, 'money', { locale, currency: 'RUB' }));

test.each([
  ['boss', ['boss', 'admin', 'ads', 'north', 'anna', 'boris', 'bare']],
  ['admin', ['boss', 'admin', 'ads', 'north', 'anna', 'boris', 'bare']],
  // marketing sees all rows, yet not what is wrong in sales
  ['ads', ['ads']],
  ['north', ['north', 'anna']],
  ['anna', ['anna']],
])('%s may look at a report as %j and as nobody else', async (who, allowed) => {
  const asker = await viewer(who);
  const offered = (await desk.open(asker, schedule)).covered.map(({ id }) => id);
  expect(offered.sort()).toEqual([...allowed].sort());
  for (const [id] of people) {
    const seen = await desk.preview(asker, schedule, id, 'en');
    expect(seen === null, id).toBe(!(allowed as string[]).includes(id));
  }
});

test('a preview has the rows of whom it is for, in their language, and none for who has no rows', async () => {
  const boss = await viewer('boss');
  const seen = async (as: string) => {
    const found = await desk.preview(boss, schedule, as, null);
    return found && 'html' in found && found.html ? flat(found.html) : (found?.problem ?? '');
  };
  expect(await seen('anna')).toContain(money(350_000.5, 'ru'));
  expect(await seen('north')).toContain(money(350_000.5, 'ru'));
  expect(await seen('boris')).toContain(money(149_999.5, 'en'));
  expect(await seen('')).toContain(money(500_000, 'en'));
  expect(await seen('bare')).toContain('may see no rows');
});

test('“send to me now” sends one mail, with the rows and in the language of who asks, and says who asked', async () => {
  expect(await desk.sendNow(await viewer('anna'), schedule)).toBeNull();
  expect(server.received.map(({ to }) => to)).toEqual(['anna@example.com']);
  const mail = await simpleParser(server.received[0]?.source ?? '');
  expect(flat(mail.text ?? '')).toContain(money(350_000.5, 'ru'));
  expect(await database.query(`select actor from app.audit where action = 'report_sent'`)).toEqual([
    { actor: 'anna@example.com' },
  ]);
  server.refuse('boris@example.com', 550, '5.1.1 no such user');
  expect(await desk.sendNow(await viewer('boris'), schedule)).toContain('no such user');
});

test('a command writes it as a page and as a letter', async () => {
  const asked = { what: schedule.id, as: 'anna@example.com' };
  const page = await preview({ ...asked, form: 'html' });
  expect(flat(page.content)).toContain(money(350_000.5, 'ru'));
  expect(page.content).not.toContain('cid:');
  const letter = await simpleParser((await preview({ ...asked, form: 'eml' })).content);
  expect(letter.subject).toBe(page.subject);
  expect(flat(letter.text ?? '')).toContain(money(350_000.5, 'ru'));
  await expect(preview({ what: 'nothing', form: 'html' })).rejects.toThrow('no schedule and no page');
  await expect(preview({ ...asked, as: 'nobody@example.com', form: 'html' })).rejects.toThrow('nobody');
});

test('a schedule of a saved view bears its name, and says what it is narrowed to', async () => {
  const boss = await viewer('boss');
  const state = `${march}&channel=search`;
  await database.query(
    `insert into app.saved_views (owner_id, title, page, state, is_shared) values ('boss', 'Search in March', '/sales', $1, false)`,
    [`channel=search&${march}`],
  );
  expect(await desk.blank(boss, '/sales', state)).toMatchObject({
    ...{ title: 'Search in March', page: 'sales', name: 'Sales', state },
    about: expect.stringMatching(/^1.*31 Mar 2025 · Channel: search$/),
  });
  expect(await desk.blank(boss, '/sales', march)).toMatchObject({ title: 'Sales' });
  expect(await desk.blank(await viewer('boris'), '/sales', state)).toMatchObject({ title: 'Sales' });
  expect(await desk.blank(boss, '/explore', '')).toMatchObject({ title: 'Explore', name: 'Explore' });
  expect(await desk.blank(boss, '/settings', '')).toBeNull();
});

test('files that do not fit are given by links, in place of files and not beside them', async () => {
  const boss = await viewer('boss');
  const subject = { page: 'sales', state: march };
  const whole = await enclose(subject, ['xlsx'], boss);
  expect([whole.files.length, whole.links.length]).toEqual([1, 0]);
  const small = await enclose(subject, ['xlsx'], boss, 100);
  expect(small.files).toEqual([]);
  expect(small.links).toMatchObject([{ claim: ['en', 'sales', '', 'xlsx', march] }]);
  expect(small.notes.join()).toContain(small.links[0]?.mark);
  expect(small.notes.join()).toContain('too large for a mail');
});
