import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlSource } from '../../../etl/config.ts';
import { call } from '../../../etl/connectors/remote/call.ts';
import { guardLookup, isForbidden, openAgent } from '../../../etl/connectors/remote/guard.ts';
import { openMysql } from '../../../etl/connectors/sql/mysql.ts';
import { openPostgres } from '../../../etl/connectors/sql/postgres.ts';
import { send, startServer } from '../etl/rest-server.ts';
import { openBench, type Bench } from './case.ts';

// Nothing that a source names may lead to where a cloud hands out credentials, in whatever way it is written.
let bench: Bench;
let server: Awaited<ReturnType<typeof startServer>>;
beforeAll(async () => {
  bench = await openBench();
  server = await startServer((_, response) => send(response, 'here'));
});
afterAll(async () => {
  await server.stop();
  await bench.database.drop();
});

const written = [
  '169.254.169.254',
  '169.254.169.254.',
  '2852039166',
  '0xa9fea9fe',
  '0251.0376.0251.0376',
  '0xa9.254.43518',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[64:ff9b::a9fe:a9fe]',
  '[2002:a9fe:a9fe::1]',
  '[fe80::1]',
  '[febf::1]',
  '[fd00:ec2::254]',
  '100.100.100.200',
  '[::ffff:6464:64c8]',
  '0.0.0.0',
  '0',
  '[::]',
  '１６９.254.169.254',
  'metadata.google.internal',
  'Metadata.Google.Internal.',
];
const goods = 'entity: products, key: id, fields: { name: name }';
const places: [name: string, source: (host: string) => string][] = [
  ['an API', (host) => `{ kind: rest, url: "http://${host}/", streams: [{ from: x, ${goods} }] }`],
  [
    'the address of a token',
    (host) =>
      `{ kind: rest, url: "http://crm.example/", auth: { kind: oauth2, token_url: "http://${host}/", client_id: a, client_secret: b }, streams: [{ from: x, ${goods} }] }`,
  ],
  ['a file', (host) => `{ kind: files, path: "http://${host}/a.csv", streams: [{ ${goods} }] }`],
  [
    'a storage',
    (host) => `{ kind: files, path: "s3://b/*.csv", endpoint: "http://${host}", streams: [{ ${goods} }] }`,
  ],
];

test.each(places)('%s cannot lie there, however that is written', async (_, source) => {
  const runs = await bench.load(written.map((host, i) => `  at_${i}: ${source(host)}\n`).join(''));
  const said = runs.map(({ error }, i) => `${written[i]}: ${error}`);
  expect(said.filter((line) => !line.includes('link-local'))).toEqual([]);
});

test('an address with a zone is none, and no source is asked by it', async () => {
  const [run] = await bench.load(`  zone: ${places[0]?.[1]('[fe80::1%25eth0]')}\n`);
  expect(run).toMatchObject({ status: 'failed', error: 'the address is not well-formed' });
});

test('systems of the company itself stay reachable', () => {
  const open = [
    '10.0.0.1',
    '127.0.0.1',
    '172.17.0.2',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    '::ffff:7f00:1',
  ];
  expect(open.filter(isForbidden)).toEqual([]);
});

describe('a name that means one thing when it is looked at and another when it is connected to', () => {
  /** Each look-up gives the next address. */
  const meaning = (...addresses: string[]) =>
    guardLookup((_, __, done) => done(null, [{ address: addresses.shift() ?? '', family: 4 }]));

  test('is judged by each connection of a request', async () => {
    const agent = openAgent(meaning('127.0.0.1', '169.254.169.254'));
    const ask = () =>
      call(
        { name: 'items', url: new URL(`http://crm.example:${server.port}/`) },
        { agent, signal: new AbortController().signal, take: (response) => response.text() },
      );
    server.answer((_, response) => {
      response.setHeader('connection', 'close');
      send(response, 'here');
    });
    expect(await ask()).toBe('here');
    await expect(ask()).rejects.toThrow('link-local');
    expect(server.hits).toHaveLength(1);
    await agent.destroy();
  });

  test('one good address among bad ones does not help', async () => {
    const lookup = guardLookup((_, __, done) =>
      done(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '169.254.169.254', family: 4 },
      ]),
    );
    const failed = new Promise((done) => lookup('x', {}, (error) => done(error?.message)));
    expect(await failed).toContain('link-local');
  });

  test('is judged when a database is connected to', async () => {
    const { password, username, port, pathname } = new URL(bench.database.url);
    const connection = `postgres://${username}:${password}@crm.example:${port}${pathname}`;
    const source = { kind: 'sql', connection, timeout_s: 60 } as SqlSource;
    const db = await openPostgres(source, null as never, meaning('127.0.0.1'));
    expect(await db.columns('(select 1 as one) q')).toEqual(['one']);
    await db.close();
    await expect(openPostgres(source, null as never, meaning('169.254.169.254'))).rejects.toThrow(
      'link-local',
    );
    const maria = { ...source, connection: 'mysql://u:p@crm.example:3306/x' };
    await expect(openMysql(maria, null as never, meaning('100.100.100.200'))).rejects.toThrow('link-local');
  });
});
