import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sqlite from 'node-sqlite3-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlSource } from '../../../etl/config.ts';
import { readSql } from '../../../etl/connectors/sql.ts';
import { openCompany, type Company } from './company.ts';
import { hasMariadb, startMariadb, type Mariadb } from './sql-mariadb.ts';

let company: Company;
beforeAll(async () => {
  company = await openCompany();
});
afterAll(() => company.database.drop());

const never = new AbortController().signal;

async function read(
  connection: string,
  query: string,
  {
    wanted = [] as string[],
    signal = never,
    timeout_s = 60,
    since = null as string | null,
    cursor = '',
  } = {},
) {
  const source = { kind: 'sql', connection, timeout_s } as SqlSource;
  const stream = {
    query,
    entity: 'deals',
    fields: {},
    ...(cursor && { cursor }),
  } as unknown as SqlSource['streams'][0];
  const landing = await readSql(source, stream, { wanted, since, configPath: '/', signal } as never);
  const rows: (string | null)[][] = [];
  for await (const { values } of landing.rows) rows.push(values);
  return rows;
}

if (!hasMariadb)
  console.warn('MariaDB is not installed here (Debian: mariadb-server): its tests are skipped');
describe.skipIf(!hasMariadb)('MariaDB', () => {
  let maria: Mariadb;
  beforeAll(async () => {
    maria = await startMariadb();
    await maria.query(`
      create table leads (id bigint unsigned primary key, title varchar(200), price decimal(20,4), f double,
        born date, at datetime(6), changed timestamp(3) null, flag bit(1), tiny tinyint(1), note json);
      set time_zone = '+00:00';
      insert into leads values
        (18446744073709551615, 'Ёлка 🎄 "a"\\\\b\\t', 12345678901234.5600, 0.1, '2025-01-31', '2025-01-31 23:30:00.123456',
         '2025-01-01 10:00:00.500', b'1', 1, '{"a": 1}'),
        (9007199254740993, null, null, null, '0000-00-00', '0000-00-00 00:00:00', '2025-01-02 10:00:00', b'0', 0, null)`);
  }, 120_000);
  afterAll(() => maria?.stop());

  test('gives its values as it prints them', async () => {
    expect(await read(maria.url, 'select * from leads order by id')).toEqual([
      ['9007199254740993', null, null, null, null, null, '2025-01-02 10:00:00.000', '0', '0', null],
      [
        '18446744073709551615',
        'Ёлка 🎄 "a"\\b\t',
        '12345678901234.5600',
        '0.1',
        '2025-01-31',
        '2025-01-31 23:30:00.123456',
        '2025-01-01 10:00:00.500',
        '1',
        '1',
        '{"a": 1}',
      ],
    ]);
  });

  test('is loaded from its last cursor on, whether that is a time or a long number', async () => {
    const source = (cursor: string, name: string) => `  ${name}:
    kind: sql
    connection: ${maria.url}
    streams:
      - { from: leads, entity: deals, key: id, cursor: ${cursor}, fields: { title: title, amount: price, created_at: at } }
`;
    for (const [cursor, name] of [
      ['changed', 'by_time'],
      ['id', 'by_number'],
    ] as const) {
      const [first] = await company.load(source(cursor, name));
      expect(first).toMatchObject({
        status: 'succeeded',
        streams: [{ is_full: true, read: 2, inserted: 2 }],
      });
      const [second] = await company.load(source(cursor, name));
      expect(second?.streams[0]).toMatchObject({ is_full: false, read: 1, unchanged: 1, deleted: 0 });
    }
    expect(
      await company.database.query(
        `select amount, title from core.fct_deals where source = 'by_time' order by 1`,
      ),
    ).toEqual([
      { amount: '12345678901234.5600', title: 'Ёлка 🎄 "a"\\b' },
      { amount: null, title: null },
    ]);
  });

  test('compares a long number exactly', async () => {
    const rows = await read(maria.url, 'select id from leads', { cursor: 'id', since: '9007199254740994' });
    expect(rows).toEqual([['18446744073709551615']]);
  });

  test('cannot be written to, nor broken by what a cursor holds', async () => {
    const writer = maria.url.replace('mariadb:', 'mysql:');
    await maria.query(`create procedure crm.spoil() modifies sql data delete from crm.leads;
      create function crm.steal() returns int modifies sql data begin delete from crm.leads; return 1; end`);
    await expect(read(writer, 'select crm.steal() as x')).rejects.toThrow(/read.only/i);
    const since = `x' or '1'='1\\' or 1=1 -- `;
    expect(await read(writer, 'select title from leads', { cursor: 'title', since })).toEqual([
      ['Ёлка 🎄 "a"\\b\t'],
    ]);
    expect(await maria.query('select count(*) as n from crm.leads')).toEqual([{ n: 2 }]);
  });

  test('is read without waiting in memory', async () => {
    const source = { kind: 'sql', connection: maria.url, timeout_s: 60 } as SqlSource;
    const stream = { query: 'select seq, repeat("x", 1000) as t from seq_1_to_400000' } as never;
    const landing = await readSql(source, stream, {
      wanted: [],
      since: null,
      configPath: '/',
      signal: never,
    } as never);
    const before = process.memoryUsage().rss;
    let read = 0;
    for await (const { values } of landing.rows) {
      if (values.length !== 2) throw new Error('a row lost a column');
      if (++read === 1) await new Promise((resolve) => setTimeout(resolve, 1500));
      if (read === 1) expect(process.memoryUsage().rss - before).toBeLessThan(120 << 20);
    }
    expect(read).toBe(400_000);
  }, 60_000);

  test('ends a query that takes too long, and one whose load is stopped', async () => {
    const slow = 'select sleep(20) as x from seq_1_to_3';
    await expect(read(maria.url, slow, { timeout_s: 1 })).rejects.toThrow('took longer than timeout_s');
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 300);
    const started = Date.now();
    await expect(read(maria.url, slow, { signal: ending.signal })).rejects.toThrow('stopped');
    expect(Date.now() - started).toBeLessThan(5000);
  }, 30_000);

  test('tells of a wrong password, a wrong address and a wrong column without what is secret', async () => {
    const wrong = maria.url.replace(/:[^:@]+@/, ':s3cret@');
    const refused = await read(wrong, 'select 1 as x').catch((e: Error) => e);
    expect((refused as Error).message).toBe(
      'the database refuses this user: check name, password and rights',
    );
    const gone = await read('mysql://u:s3cret@127.0.0.1:1/x', 'select 1 as x').catch((e: Error) => e);
    expect((gone as Error).message).toBe('nothing answers at this address: is the database up?');
    const bare = JSON.stringify([refused, (refused as Error).stack, (refused as Error).cause]);
    expect(bare).not.toMatch(/s3cret|127\.0\.0\.1/);
    await expect(read(maria.url, 'select id from leads', { wanted: ['name'] })).rejects.toThrow(
      'no column «name»; it has id',
    );
  });
});

describe('SQLite', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pulse-sqlite-test-')), 'cdr.db');
  beforeAll(() => {
    const db = new sqlite.Database(file);
    db.exec(`create table cdr (id integer primary key, at text, talk real, "who is" text, any);
      insert into cdr values (1, '2025-01-01 10:00:00', 0.1, 'Ёж "x"', 1), (9007199254740993, null, 2.5, null, 'b'),
        (3, '2025-01-02 10:00:00', 3, 'c', 20)`);
    db.close();
  });

  test('gives its values as texts, numbers exactly', async () => {
    expect(await read(`sqlite:${file}`, 'select * from cdr order by id')).toEqual([
      ['1', '2025-01-01 10:00:00', '0.1', 'Ёж "x"', '1'],
      ['3', '2025-01-02 10:00:00', '3.0', 'c', '20'],
      ['9007199254740993', null, '2.5', null, 'b'],
    ]);
    expect(await read(`sqlite:${file}`, 'select any from cdr', { cursor: 'any', since: '3' })).toEqual([
      ['20'],
      ['b'],
    ]);
  });

  test('is loaded like any table, and stays as it was', async () => {
    const [run] = await company.load(`  calls:
    kind: sql
    connection: sqlite:${file}
    streams:
      - { from: cdr, entity: products, key: id, cursor: id, fields: { name: { from: who is, default: nobody } } }
`);
    expect(run).toMatchObject({ status: 'succeeded', streams: [{ read: 3, inserted: 3 }] });
    await expect(read(`sqlite:${file}`, 'select 1 as x) as q; delete from cdr; --')).rejects.toThrow();
    expect(await read(`sqlite:${file}`, 'select count(*) as n from cdr')).toEqual([['3']]);
    await expect(read('sqlite:/nowhere/x.db', 'select 1 as x')).rejects.toThrow('there is no file x.db');
  });
});

describe('PostgreSQL', () => {
  const url = () => company.database.url;

  test('takes a question mark for what it is there, and a cursor for nothing but a value', async () => {
    const query = `select * from (values ('{"a":1}'::jsonb, 'x?'), ('{"b":2}', E'o''k\\\\')) as v(j, t) where j ? 'b'`;
    expect(await read(url(), query)).toEqual([['{"b": 2}', `o'k\\`]]);
    const since = `o'k\\' or 'a'='a`;
    expect(await read(url(), query, { cursor: 't', since })).toEqual([]);
    expect(await read(url(), query, { cursor: 't', since: `o'k\\` })).toHaveLength(1);
  });

  test('ends a query that takes too long, and one whose load is stopped', async () => {
    const slow = 'select pg_sleep(20)::text as x';
    await expect(read(url(), slow, { timeout_s: 1 })).rejects.toThrow('took longer than timeout_s');
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 300);
    const started = Date.now();
    await expect(read(url(), slow, { signal: ending.signal })).rejects.toThrow('stopped');
    expect(Date.now() - started).toBeLessThan(5000);
  });

  test('refuses to write, and a wrong password, without repeating it', async () => {
    await company.database.query('create table spoiled (id int)');
    await company.database.query(
      'create function spoil() returns int language sql as $$ insert into spoiled values (1) returning id $$',
    );
    await expect(read(url(), 'select spoil() as x')).rejects.toThrow(/read-only/);
    const wrong = new URL(url());
    wrong.username = 'nobody_of_that_name';
    wrong.password = 's3cret';
    const error = await read(wrong.href, 'select 1 as x').catch((e: Error) => e);
    expect(error).toBeInstanceOf(Error);
    expect((error as Error).message).not.toMatch(/s3cret|127\.0\.0\.1/);
  });
});

test('another kind of database is refused by name, without its address', async () => {
  await expect(read('oracle://u:s3cret@h/x', 'select 1')).rejects.toThrow(
    'expected a connection that begins with',
  );
});

test.each(['mysql://u:p@169.254.169.254/x', 'postgres://u:p@[fe80::1]/x', 'postgres:///x?host=169.254.0.1'])(
  'a database cannot lie at a link-local address: %s',
  async (connection) => {
    await expect(read(connection, 'select 1 as x')).rejects.toThrow('link-local');
  },
);
