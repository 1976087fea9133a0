import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { redact } from '../../../etl/connectors/singer/redact.ts';
import { openCompany, type Company } from './company.ts';

const tap = resolve(import.meta.dirname, '../../fixtures/singer/tap.js');
const folder = mkdtempSync(join(tmpdir(), 'pulse-tap-'));

type Note = {
  state: unknown;
  stateText: string;
  mode: string;
  file: string;
  pid: number;
  catalog: string;
  env: string[];
};

let company: Company;
let name: string;
let count = 0;
beforeAll(async () => {
  company = await openCompany();
});
beforeEach(() => {
  name = `tap${++count}`;
});
afterAll(() => company.database.drop());

const people = '- { from: people, entity: employees, key: id, fields: { name: name } }';
const goods = '- { from: goods, entity: products, key: id, fields: { name: title } }';

async function load(config: object = {}, { streams = [people, goods], more = '' } = {}) {
  const settings = { notes: join(folder, name), password: 's3cret', ...config };
  const [run] = await company.load(`  ${name}:
    kind: singer
    command: ${process.execPath}
    args: [${tap}]
    config: ${JSON.stringify(settings)}
    ${more}
    streams:
      ${streams.join('\n      ')}
`);
  return run;
}
const notes = (): Note[] =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Note);
const saved = async () =>
  (await company.database.query('select cursor from ops.cursors where source = $1', [name])).map(
    ({ cursor }) => cursor as string,
  );
const products = async () =>
  (
    await company.database.query<{ id: string }>(
      'select source_id as id from core.dim_products where source = $1 and not is_deleted order by 1',
      [name],
    )
  ).map(({ id }) => id);

test('a tap runs once for all streams; the next run starts from its state and deletes nothing', async () => {
  const first = await load();
  expect(first).toMatchObject({
    status: 'succeeded',
    streams: [
      { entity: 'employees', read: 2, inserted: 2, is_full: true },
      { entity: 'products', read: 2, inserted: 2, is_full: true },
    ],
  });
  const second = await load({ goods: ['g2', 'g3'] });
  expect(second?.streams).toMatchObject([
    { read: 1, unchanged: 1, deleted: 0, is_full: false },
    { read: 2, unchanged: 1, inserted: 1, deleted: 0, is_full: false },
  ]);
  expect(notes()).toHaveLength(2);
  expect(notes().map(({ state }) => state)).toMatchObject([null, { bookmarks: { people: { last: 2 } } }]);
  // The tap gets its state back as it printed it, digit for digit.
  expect(notes()[1]?.stateText).toContain('1700000000.123456789');
});

test('a stream that the tap calls whole marks what has vanished', async () => {
  await load();
  expect((await load({ goods: ['g2'], whole: true }))?.streams).toMatchObject([
    { entity: 'employees', is_full: false },
    { entity: 'products', is_full: true, deleted: 1 },
  ]);
  expect(await products()).toEqual(['g2']);
});

test('other streams in the configuration start the tap from the beginning', async () => {
  await load({}, { streams: [people] });
  expect((await load())?.streams).toMatchObject([
    { read: 2, unchanged: 2 },
    { read: 2, inserted: 2 },
  ]);
  expect(notes()[1]?.state).toBeNull();
});

test('its settings are for nobody else to read, are gone after the run, and our secrets stay ours', async () => {
  process.env.PULSE_SECRET ??= 'a secret of the tests';
  company.write('catalog.json', '{"streams":[]}');
  await load({}, { more: 'catalog: catalog.json\n    env: { TAP_OPTION: x }' });
  const [note] = notes();
  expect(note).toMatchObject({ mode: '600', catalog: '{"streams":[]}' });
  expect(note?.env).toEqual(expect.arrayContaining(['PATH', 'TAP_OPTION']));
  expect(note?.env.filter((key) => /PULSE|WAREHOUSE|VITEST/.test(key))).toEqual([]);
  expect(existsSync(dirname(note?.file ?? ''))).toBe(false);
});

test('a tap that dies half-way leaves data and state as they were, and no secret in the error', async () => {
  await load();
  const before = await saved();
  const run = await load({ die: true, goods: ['g9'] });
  expect(run).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(
      /^the tap ended with code 3: error: login with … \(token … at … failed$/,
    ) as string,
  });
  expect(run?.error).not.toMatch(/s3cret|abc\.def|u:p@/);
  expect(await products()).toEqual(['g1', 'g2']);
  expect(await saved()).toEqual(before);
  expect(JSON.stringify(await company.database.query('select error from ops.runs'))).not.toContain('s3cret');
});

test('the state is kept only with the data: what fails after the tap has ended starts again', async () => {
  await company.database.query('alter table core.dim_products rename to hidden');
  try {
    expect((await load())?.status).toBe('failed');
  } finally {
    await company.database.query('alter table core.hidden rename to dim_products');
  }
  expect(await saved()).toEqual([]);
  await load();
  expect(notes().map(({ state }) => state)).toEqual([null, null]);
});

test.each([
  '{"type":"RECORD","stream":"people","record":{"id":5',
  'Traceback (most recent call last)',
  '[1,2]',
  '{"type":"RECORD","stream":"people"}',
])('a bad line goes to quarantine: %s', async (bad) => {
  const run = await load({ bad });
  expect(run?.streams).toMatchObject([
    { read: 3, inserted: 2, quarantined: 1 },
    { read: 2, inserted: 2 },
  ]);
  const [row] = await company.database.query(
    'select position, reason, row from ops.quarantine where source = $1',
    [name],
  );
  expect(row).toEqual({
    position: 'people#3',
    reason: `the tap printed what is no message: ${bad.slice(0, 80)}`,
    row: { line: bad },
  });
});

test('a tap that says nothing any more is stopped', async () => {
  const run = await load({ hang: true }, { more: 'idle_s: 1.5' });
  expect(run).toMatchObject({ status: 'failed', error: 'the tap said nothing for 1.5 s and was stopped' });
  const pid = notes()[0]?.pid ?? 0;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(await products()).toEqual([]);
});

test('rows in files, a stream that is not there, and a command that is not there are told of', async () => {
  expect((await load({ batch: true }))?.error).toContain('BATCH');
  const streams = [goods.replace('goods', 'godos')];
  expect((await load({}, { streams }))?.error).toBe(
    'the tap gave no stream godos; others that it gave: people, noise, goods',
  );
  const [run] = await company.load(`  gone:
    kind: singer
    command: tap-that-nobody-has
    streams: [{ from: a, entity: products, key: id, fields: { name: x } }]
`);
  expect(run?.error).toBe('there is no such command: is the tap installed?');
});

test('many rows pass without staying in memory', async () => {
  const before = process.memoryUsage().rss;
  const run = await load({ many: 150_000, goods: [] }, { streams: [goods] });
  expect(run?.streams).toMatchObject([{ read: 150_000, inserted: 150_000 }]);
  expect(process.memoryUsage().rss - before).toBeLessThan(150 << 20);
}, 60_000);

test('a tap that is asked for its catalog gets it back with what is wanted selected', async () => {
  const more = 'discover: true';
  expect(await load({}, { more, streams: [people] })).toMatchObject({
    status: 'succeeded',
    streams: [{ read: 2 }],
  });
  const { streams } = JSON.parse(notes()[1]?.catalog ?? '') as {
    streams: { stream: string; schema: object; metadata: { metadata: object }[] }[];
  };
  expect(
    streams.map(({ stream, schema, metadata }) => [stream, schema, metadata.map((each) => each.metadata)]),
  ).toEqual(
    ['people', 'goods', 'noise'].map((name) => {
      const selected = name === 'people';
      return [
        name,
        { properties: {}, selected },
        [
          { 'table-key-properties': ['id'], selected },
          { inclusion: 'available', ...(selected && { selected }) },
          { inclusion: 'unsupported' },
        ],
      ];
    }),
  );
  const wrong = [goods.replace('goods', 'godos')];
  expect((await load({}, { more, streams: wrong }))?.error).toBe(
    'the tap has no stream godos; it has people, goods, noise',
  );
  expect((await load({ mute: true }, { more }))?.error).toContain('told no catalog');
});

test('long numbers stay as they are', async () => {
  await load({ more: [{ id: '9007199254740993', name: 'x', last: 3 }], goods: [] });
  const ids = await company.database.query(
    'select source_id from core.dim_employees where source = $1 order by 1',
    [name],
  );
  expect(ids.map((row) => row.source_id)).toEqual(['1', '2', '9007199254740993']);
});

test('a text is cleared of all that a configuration holds, however it is written', () => {
  const config = { user: 'me@x.ru', deep: [{ key: 'p@ss/w:rd' }], port: 5432 };
  const text = `p@ss/w:rd p%40ss%2Fw%3Ard ${Buffer.from('p@ss/w:rd').toString('base64')} 5432 Bearer abc "password": "hunter2"`;
  expect(redact(text, config)).not.toMatch(/p@ss|p%40|cEBzcy|5432|abc|hunter2/);
  expect(redact('cannot parse page 7 of people', config)).toBe('cannot parse page 7 of people');
});
