import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBench, type Bench } from './case.ts';

// What a database may do to a load; MariaDB's own ways are in etl/sql.test.ts.
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  await bench.rows('create schema crm');
});
afterAll(() => bench.database.drop());

async function load(name: string, stream: string, more = '', connection = bench.database.url) {
  const [run] = await bench.load(`  ${name}:
    kind: sql
    connection: ${connection}
    ${more}
    streams:
      - { ${stream}, entity: products, key: id, fields: { name: name, unit_price: price } }
`);
  return bench.outcome(run);
}
const products = (name: string) =>
  bench.rows(
    `select source_id as id, name, unit_price::text as price from core.dim_products where source = '${name}' and not is_deleted order by 1`,
  );

test('a query that hangs ends by its time limit, and the next source is loaded', async () => {
  const got = await load(
    'slow',
    `query: "select pg_sleep(30)::text as id, '' as name, 0 as price"`,
    'timeout_s: 1',
  );
  expect(got).toMatchObject({ status: 'failed', error: 'the query took longer than timeout_s allows' });
});

test('columns may change their types between runs', async () => {
  await bench.rows(`create table crm.goods as select 1 as id, 'Lamp' as name, 10 as price`);
  await load('types', 'from: crm.goods');
  await bench.rows(`alter table crm.goods alter id type text, alter price type text using price || ',50 ₽'`);
  expect(await load('types', 'from: crm.goods')).toMatchObject({
    status: 'succeeded',
    counts: { updated: 1 },
  });
  expect(await products('types')).toEqual([{ id: '1', name: 'Lamp', price: '10.50' }]);
  await bench.rows(`alter table crm.goods alter price type jsonb using '{"sum": 5}'::jsonb`);
  const got = await load('types', 'from: crm.goods');
  expect(got).toMatchObject({ status: 'succeeded', counts: { quarantined: 1, deleted: 0 } });
  expect(got.quarantine).toMatchObject([{ field: 'unit_price', value: '{"sum": 5}' }]);
  await bench.rows('alter table crm.goods rename name to title');
  expect((await load('types', 'from: crm.goods')).error).toBe(
    'crm.goods has no column «name»; it has id, title, price',
  );
  expect(await products('types')).toEqual([{ id: '1', name: 'Lamp', price: '10.50' }]);
});

/** Ends the session of the load once its query has run for a while. */
async function cutSoon(): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    await new Promise((done) => setTimeout(done, 50));
    const cut = await bench.rows(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
       and application_name = 'pulse-etl' and query like '%as nap%' and query_start < now() - interval '300 ms'`,
    );
    if (cut.length) return true;
  }
  return false;
}

test('a connection that is cut in the middle leaves what was there', async () => {
  await bench.rows(
    `create table crm.much as select g as id, 'Name ' || g as name, 1 as price from generate_series(1, 3) g`,
  );
  await load('cut', 'from: crm.much');
  await bench.rows(`insert into crm.much select g, 'Name ' || g, 1 from generate_series(4, 2000) g`);
  const cutting = cutSoon();
  const got = await load('cut', `query: "select m.*, pg_sleep(0.002)::text as nap from crm.much m"`);
  expect(await cutting).toBe(true);
  expect(got).toMatchObject({ status: 'failed', error: 'the database closed the connection' });
  expect(await products('cut')).toHaveLength(3);
});

test('a server that takes a connection and says nothing is left', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const got = await load('mute', 'from: x', '', `postgres://u:s3cret@127.0.0.1:${port}/x`);
  expect(got.error).toBe('the database does not answer in time');
  for (const socket of sockets) socket.destroy();
  server.close();
}, 60_000);

test('one that falls silent in the middle is left as well', async () => {
  // A way to the database that is cut without a word once rows flow.
  const target = new URL(bench.database.url);
  const { connect } = await import('node:net');
  const sockets: Socket[] = [];
  let isDead = false;
  const way = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    sockets.push(near, far);
    near.on('data', (part) => {
      if (String(part).includes('pg_sleep')) setTimeout(() => (isDead = true), 300);
      if (!isDead) far.write(part);
    });
    far.on('data', (part) => isDead || near.write(part));
    for (const socket of [near, far]) socket.on('error', () => undefined);
  });
  await new Promise<void>((done) => way.listen(0, '127.0.0.1', done));
  const url = new URL(target);
  url.port = String((way.address() as AddressInfo).port);
  const got = await load(
    'gone',
    `query: "select 1 as id, pg_sleep(0.5)::text as name, 1 as price"`,
    'timeout_s: 1',
    url.href,
  );
  expect(got.error).toBe('the database fell silent');
  for (const socket of sockets) socket.destroy();
  way.close();
}, 60_000);
