import { afterAll, beforeAll, expect, test } from 'vitest';
import pino from 'pino';
import { migrate } from '../../schema/migrate.ts';
import { createDatabase, type Database } from '../harness/database.ts';

const log = pino({ level: 'silent' });
let database: Database;
beforeAll(async () => {
  database = await createDatabase({ isEmpty: true });
});
afterAll(() => database.drop());

const tables = () =>
  database.query<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('staging', 'ops', 'core', 'app') order by 1`,
  );

test('migrations go up, down to nothing, and up again to the same', async () => {
  await migrate(database.url, { direction: 'up', log });
  const first = await tables();
  expect(first.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['core.fct_deals', 'ops.runs', 'app.deliveries']),
  );
  for (let left = 100; left > 0; left--) {
    const { migrations } = await migrate(database.url, { direction: 'down', log });
    if (!migrations.length) break;
  }
  expect(await tables()).toEqual([]);
  await migrate(database.url, { direction: 'up', log });
  expect(await tables()).toEqual(first);
});

test('two processes that migrate at once leave one schema', async () => {
  const other = await createDatabase({ isEmpty: true });
  try {
    await Promise.all([1, 2, 3].map(() => migrate(other.url, { direction: 'up', log })));
    const [row] = await other.query<{ n: number }>(
      'select count(distinct name)::int - count(*)::int as n from public.knex_migrations',
    );
    expect(row?.n).toBe(0);
  } finally {
    await other.drop();
  }
});

test('every table says its grain', async () => {
  const silent = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('core', 'ops') and c.relkind = 'r' and obj_description(c.oid) is null and c.relname <> 'settings'`,
  );
  expect(silent).toEqual([]);
});

test('every unique key of a loaded fact carries its distribution column', async () => {
  const wrong = await database.query(
    `select i.indexrelid::regclass::text as name
     from pg_index i join pg_class c on c.oid = i.indrelid
     join pg_attribute id on id.attrelid = c.oid and id.attname = 'source_id'
     where c.relnamespace = 'core'::regnamespace and c.relname like 'fct\\_%' and i.indisunique
       and not id.attnum = any(i.indkey)`,
  );
  expect(wrong).toEqual([]);
});
