import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFill } from '../../../etl/fill.ts';
import { createDatabase, type Database } from '../../harness/database.ts';

let database: Database;
let client: pg.Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('create table filled (id bigint primary key, name text); create index on filled (name)');
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const indexes = () =>
  database.query(`select indexdef from pg_indexes where tablename = 'filled' order by indexdef`);
const rows = () => database.query('select id::int, name from filled order by id');

async function fill(values: string): Promise<void> {
  await client.query('begin');
  const close = await openFill(client, 'public.filled', true);
  await client.query(`insert into filled values ${values}`);
  await close();
  await client.query('commit');
}

test('a filled table has the keys and indexes it had, and rows that were there after all', async () => {
  const before = await indexes();
  await fill(`(1, 'first')`);
  expect(await indexes()).toEqual(before);
  await fill(`(2, 'second')`);
  expect(await indexes()).toEqual(before);
  expect(await rows()).toEqual([
    { id: 1, name: 'first' },
    { id: 2, name: 'second' },
  ]);
});

test('what was emptied is not kept when the transaction fails', async () => {
  await client.query('begin');
  await openFill(client, 'public.filled');
  await client.query('rollback');
  expect(await rows()).toHaveLength(2);
  expect(await indexes()).toHaveLength(2);
});
