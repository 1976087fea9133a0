import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../../../src/lib/server/reports/edition.ts';
import { load, make } from '../../../src/lib/server/reports/report.ts';
import { watch } from '../../../src/lib/server/incidents/watch.ts';
import { close } from '../../../src/lib/server/warehouse.ts';
import type { Viewer } from '../../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { secret, startCube, type Cube } from '../cube/server.ts';
import { createCompany } from './company.ts';
import { addPeople } from './people.ts';

// One campaign in the channel Ads burns money; Boris of North sells with less margin than Anna.
let database: Database;
let cube: Cube;
let company: ReturnType<typeof createCompany>;
let people: Record<string, Viewer>;

beforeAll(async () => {
  database = await createDatabase();
  company = createCompany(database);
  const limits = 'incidents: { min_stake: 1, mail: { min_stake: 1 } }';
  await company.load({ gain: 0.05, anna: 0.6, limits });
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
    ORIGIN: 'https://pulse.example',
  });
  people = await addPeople(database, {
    boss: { role: 'executive' },
    ads: { role: 'marketing' },
    north: { role: 'head', team: 'north' },
    anna: { role: 'manager', employee: 'anna' },
  });
  await watch();
}, 120_000);

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
  company?.remove();
});

const seen = async (who: string, page: string, state = '') => {
  const loaded = await load({ page, state }, people[who]!);
  const { state: known, rows, elsewhere } = 'home' in loaded ? loaded.home.incidents : loaded.incidents;
  return known === 'ok' ? { rules: rows.map(({ rule }) => rule).sort(), elsewhere } : known;
};
const campaign = ['campaign_loss'];
const margin = ['margin_low'];

test.each([
  ['boss', 'home', '', [...campaign, ...margin], 0],
  ['boss', 'marketing', '', campaign, 1],
  ['boss', 'sales', '', margin, 1],
  ['boss', 'managers', '', margin, 1],
  ['boss', 'drill/sales.margin', '', margin, 1],
  ['boss', 'drill/marketing.romi', '', campaign, 1],
  ['boss', 'explore', 'show=marketing.spend', campaign, 1],
  // whose company it is, and what the page is narrowed to
  ['boss', 'marketing', 'channel=Ads', campaign, 1],
  ['boss', 'marketing', 'channel=Search', [], 2],
  ['boss', 'sales', 'manager=Boris&team=North', margin, 1],
  ['boss', 'sales', 'manager=Anna', [], 2],
  ['boss', 'home', 'manager=Anna', [...campaign, ...margin], 0],
  // whom it is for
  ['ads', 'marketing', '', campaign, 0],
  ['north', 'sales', '', margin, 0],
  ['anna', 'sales', '', [], 0],
])('%s is told on the page %s?%s of what concerns it: %j', async (who, page, state, rules, elsewhere) => {
  expect(await seen(who, page, state)).toEqual({ rules, elsewhere });
});

test.each([
  ['north', 'marketing'],
  ['anna', 'marketing'],
  ['boss', 'service'],
])('where %s can be told nothing on the page %s, it does not say that all is well', async (who, page) => {
  expect(await seen(who, page)).toBe('not_connected');
});

test('a mail of the page begins with it, in both parts', async () => {
  const subject = { page: 'sales', state: '' };
  const loaded = await load(subject, people.boss!);
  const [section] = 'board' in loaded ? loaded.board.sections : [];
  const { html, text } = await make(subject, people.boss!);
  for (const part of [html, text]) {
    const wanted = ['sells with less margin', 'other pages: 1', section?.title ?? '-'];
    const places = wanted.map((words) => part.toLowerCase().lastIndexOf(words.toLowerCase()));
    expect(places[0]).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  }
  const calm = await make({ page: 'sales', state: 'manager=Anna' }, people.boss!);
  expect(calm.text).toContain('Nothing on this page is wrong that the rules can see.');
  expect(calm.text).not.toContain('sells with less margin');
});

test('a report for the case of an incident goes out when one concerns its page', async () => {
  const send = (page: string, state: string) =>
    publish({ page, state, send_when: 'incident' }, people.boss!).then(
      () => 'sent',
      (error: Error) => error.message,
    );
  expect(await send('sales', '')).toBe('sent');
  expect(await send('sales', 'manager=Anna')).toBe('No incident is open.');
  await database.query(
    `insert into app.incidents (rule, cause, area, details) values ('source_stale', 'crm', 'data', '{}')`,
  );
  expect(await send('sales', 'manager=Anna')).toBe('sent');
  await database.query(`delete from app.incidents where area = 'data'`);
});
