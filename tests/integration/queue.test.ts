import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '../../etl/config.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import { claim, plan } from '../../src/worker/queue.ts';
import { createDatabase, type Database } from '../harness/database.ts';

const stream = { entity: 'deals', key: 'id', fields: {} };
const source = { kind: 'webhook', secret: 'of sixteen signs!', schedule: '0 4 * * *', streams: [stream] };
const config = {
  reporting: { timezone: 'UTC', currency: 'RUB', language: 'en' },
  loading: { retry_minutes: [1] },
  sources: { crm: source, ads: source, file: { ...source, schedule: undefined } },
} as unknown as Config;

let database: Database;

beforeAll(async () => {
  database = await createDatabase();
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: 'http://127.0.0.1:1',
    PULSE_SECRET: 'a secret of this test',
  });
  await plan(config, database.url);
});

afterAll(async () => {
  await close();
  await database.drop();
});

const many = async () => (await Promise.all(Array.from({ length: 8 }, () => claim(config)))).filter(Boolean);

test('of all that ask at once each due source goes to one', async () => {
  expect(await many()).toEqual([]);
  await database.query(`update ops.sources set due_at = now() - interval '1 day' where source <> 'file'`);
  const taken = await many();
  expect(taken.map((one) => one?.source).sort()).toEqual(['ads', 'crm']);
  expect(await many()).toEqual([]);
  const rows = await database.query(
    `select source, due_at > now() as is_planned, round(extract(epoch from retry_at - now()) / 60) as minutes
       from ops.sources order by source`,
  );
  expect(rows).toEqual([
    { source: 'ads', is_planned: true, minutes: '1' },
    { source: 'crm', is_planned: true, minutes: '1' },
    { source: 'file', is_planned: null, minutes: null },
  ]);
});

test('another schedule is planned anew, the same one stays as it was', async () => {
  await database.query(`update ops.sources set due_at = '2020-01-01', retry_at = null where source = 'crm'`);
  const due = async () =>
    (await database.query<{ due_at: Date | null }>(`select due_at from ops.sources where source = 'crm'`))[0]
      ?.due_at;
  await plan(config, database.url);
  expect((await due())?.getUTCFullYear()).toBe(2020);
  const other = {
    ...config,
    sources: { ...config.sources, crm: { ...source, schedule: '0 5 * * *' } },
  } as Config;
  await plan(other, database.url);
  expect((await due())?.getTime()).toBeGreaterThan(Date.now());
  await plan({ ...config, sources: { ...config.sources, crm: config.sources.file } } as Config, database.url);
  expect(await due()).toBeNull();
});
