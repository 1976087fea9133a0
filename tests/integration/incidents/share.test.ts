import { afterAll, beforeAll, expect, test } from 'vitest';
import * as incidents from '../../../src/lib/server/incidents.ts';
import { load as loadPage } from '../../../src/lib/server/reports/report.ts';
import { watch } from '../../../src/lib/server/incidents/watch.ts';
import { close } from '../../../src/lib/server/warehouse.ts';
import type { Viewer } from '../../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../../harness/database.ts';
import { secret, startCube, type Cube } from '../cube/server.ts';
import { day, openFolder } from './company.ts';
import { addPeople } from './people.ts';

// North's deals rot and its customers complain; South has some of both, as is usual.
const { save, configure, load, remove } = openFolder();
let database: Database;
let cube: Cube;
let people: Record<string, Viewer>;

beforeAll(async () => {
  database = await createDatabase();
  write();
  await load(database);
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
  people = await addPeople(database, {
    boss: { role: 'executive' },
    north: { role: 'head', team: 'north' },
    south: { role: 'head', team: 'south' },
    anna: { role: 'manager', employee: 'anna' },
  });
  await watch();
}, 120_000);

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
  remove();
});

const shared = ['complaints_rise', 'stage_stuck'];
async function seenBy(who: string) {
  const { open } = await incidents.load(people[who]!);
  return open.filter(({ rule }) => shared.includes(rule));
}
const number = async (sql: string) => Number(Object.values((await database.query(sql))[0] ?? {})[0]);

test('a head is told how much of what is everybody’s lies with the own team, and of no other', async () => {
  expect((await seenBy('boss')).map(({ rule }) => rule).sort()).toEqual(shared);
  expect((await seenBy('north')).map(({ rule }) => rule).sort()).toEqual(shared);
  expect(await seenBy('south')).toEqual([]);
  expect(await seenBy('anna')).toEqual([]);
});

test('the figures are those of the team alone', async () => {
  const of = async (who: string, rule: string) => (await seenBy(who)).find((one) => one.rule === rule)!;
  const won = `from core.fct_deals where status in ('won', 'lost') and closed_at >= current_date - 365`;
  const worth = `(select avg((status = 'won')::int) ${won})
    * (select sum(amount - cost) filter (where status = 'won') / sum(amount) filter (where status = 'won') ${won})`;
  const stuck = (team: string) =>
    `from core.fct_deals d join core.employees e on e.employee_key = d.owner_key join core.dim_teams t using (team_key)
      where d.status = 'open' and d.created_at < current_date - 10 and t.name like '${team}'`;
  for (const [who, team] of [
    ['boss', '%'],
    ['north', 'North'],
  ] as const) {
    const one = await of(who, 'stage_stuck');
    const deals = await number(`select count(*) ${stuck(team)}`);
    expect(one.sentence).toContain(`${deals} `);
    expect(one.stake).toBeCloseTo(await number(`select sum(amount) * ${worth} ${stuck(team)}`), 2);
  }
  const north = await of('north', 'stage_stuck');
  expect(JSON.stringify(north)).not.toContain('Vera');
  expect(north.why.at(-1)).toBe('Only your teams are counted here.');
  expect((await of('boss', 'stage_stuck')).why.join(' ')).not.toContain('Only your teams');
  const complaints = (who: string) => of(who, 'complaints_rise').then(({ sentence }) => sentence);
  expect(await complaints('boss')).toMatch(/\b15 complaints/);
  expect(await complaints('north')).toMatch(/\b14 complaints/);
});

test('a mail of a page narrowed to a team tells of its share, and of nothing where it has none', async () => {
  const told = async (who: string, page: string, state = '') => {
    const loaded = await loadPage({ page, state }, people[who]!);
    return 'board' in loaded ? loaded.incidents.rows : [];
  };
  for (const [page, rule] of [
    ['sales', 'stage_stuck'],
    ['service', 'complaints_rise'],
  ] as const) {
    const of = async (...asked: Parameters<typeof told>) =>
      (await told(...asked)).find((one) => one.rule === rule);
    const [all, narrowed, head] = await Promise.all([
      of('boss', page),
      of('boss', page, 'team=North'),
      of('north', page, 'team=North'),
    ]);
    expect(narrowed).toMatchObject({ sentence: head?.sentence, stake: head?.stake });
    expect(narrowed?.sentence).not.toBe(all?.sentence);
    expect(narrowed?.why.at(-1)).toBe('Only the chosen teams are counted here.');
    expect(head?.why.at(-1)).toBe('Only your teams are counted here.');
    expect(await of('boss', page, 'team=South')).toBeUndefined();
  }
});

test('the share of a team that is no more is told to no head', async () => {
  const whole = async () => (await seenBy('north')).map(({ rule, stake }) => [rule, stake]);
  const before = await whole();
  await database.query(`
    update app.incidents set details = jsonb_set(details, '{shares}', details -> 'shares' ||
      jsonb_build_array((details -> 'shares' -> 0) || '{"team_keys": []}'))
    where jsonb_array_length(details -> 'shares') > 0`);
  expect(before.length).toBeGreaterThan(0);
  expect(await whole()).toEqual(before);
});

test('a share can be looked at, not taken on, and what others have said of the whole stays with them', async () => {
  const [one] = await seenBy('north');
  expect(one?.can_acknowledge).toBe(false);
  expect(await incidents.acknowledge(people.north!, one!.id, 'mine')).toBe(false);
  expect(await incidents.find(people.north!, one!.id)).toMatchObject({ is_share: true });
  expect(await incidents.find(people.south!, one!.id)).toBeNull();
  expect(await incidents.acknowledge(people.boss!, one!.id, 'It is all Vera’s doing')).toBe(true);
  const { acknowledged } = await incidents.load(people.north!);
  expect(acknowledged.map(({ id }) => id)).toEqual([one!.id]);
  expect(JSON.stringify(acknowledged)).not.toContain('Vera');
});

function write(): void {
  const deals: (string | number)[][] = [
    ['id', 'created', 'closed', 'owner', 'stage', 'amount', 'cost', 'status'],
  ];
  for (let back = 200; back >= 11; back--)
    for (const owner of ['anna', 'vera']) {
      deals.push([`${owner}${back}`, day(back), day(back - 10), owner, 'done', 1000, 400, 'won']);
      deals.push([`${owner}${back}x`, day(back), day(back - 10), owner, 'lost', 1000, 400, 'lost']);
    }
  const events: (string | number)[][] = [['deal', 'stage', 'entered']];
  const open = (owner: string, count: number, back: number) => {
    for (let at = 0; at < count; at++) {
      deals.push([`${owner}${back}open${at}`, day(back), '', owner, 'talk', 1000 + at, 0, 'open']);
      events.push([`${owner}${back}open${at}`, 'talk', day(back)]);
    }
  };
  open('anna', 24, 30);
  open('anna', 6, 2);
  open('vera', 2, 30);
  open('vera', 18, 2);
  save('deals.csv', deals);
  save('events.csv', events);
  const complaints: (string | number)[][] = [['id', 'opened', 'employee', 'product', 'cause', 'status']];
  const complain = (employee: string, product: string, count: number, back: number) => {
    for (let at = 0; at < count; at++)
      complaints.push([`${employee}${product}${back}x${at}`, day(back), employee, product, 'Broken', 'new']);
  };
  complain('anna', 'pump', 14, 20);
  complain('vera', 'pump', 1, 20);
  for (const employee of ['anna', 'vera']) {
    complain(employee, 'pump', 4, 200);
    complain(employee, 'valve', 5, 20);
    complain(employee, 'valve', 20, 200);
  }
  complain('vera', 'valve', 1, 1);
  save('complaints.csv', complaints);
  save('people.csv', [
    ['id', 'name', 'team'],
    ['anna', 'Anna', 'north'],
    ['vera', 'Vera', 'south'],
  ]);
  save('teams.csv', [
    ['id', 'name'],
    ['north', 'North'],
    ['south', 'South'],
  ]);
  save('products.csv', [
    ['id', 'name'],
    ['pump', 'Pump'],
    ['valve', 'Valve'],
  ]);
  save('stages.csv', [
    ['id', 'name', 'pipeline', 'position', 'kind', 'norm'],
    ['talk', 'Talk', 'Sales', 1, 'open', 10],
    ['done', 'Won', 'Sales', 2, 'won', ''],
    ['lost', 'Lost', 'Sales', 3, 'lost', ''],
  ]);
  configure(
    `reporting: { timezone: UTC, currency: EUR }
incidents: { min_stake: 1 }
sources:
  crm:
    kind: files
    path: ./*.csv
    streams:
      - { from: teams.csv, entity: teams, fields: { source_id: id, name: name } }
      - { from: people.csv, entity: employees, fields: { source_id: id, name: name, team_id: team } }
      - { from: products.csv, entity: products, fields: { source_id: id, name: name } }
      - { from: stages.csv, entity: stages, fields: { source_id: id, name: name, pipeline: pipeline, position: position, kind: kind, norm_days: norm } }
      - from: deals.csv
        entity: deals
        fields: { source_id: id, created_at: created, closed_at: closed, owner_id: owner, stage_id: stage, amount: amount, cost: cost, status: status }
      - { from: events.csv, entity: deal_stage_events, fields: { deal_id: deal, stage_id: stage, entered_at: entered } }
      - from: complaints.csv
        entity: complaints
        fields: { source_id: id, opened_at: opened, employee_id: employee, product_id: product, cause: cause, status: status }
`,
  );
}
