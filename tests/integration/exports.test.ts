import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse as parseCsv } from 'csv-parse/sync';
import readXlsx from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src/lib/exports.ts';
import { loadOnce } from '../../src/lib/server/cube.ts';
import * as drill from '../../src/lib/server/drill.ts';
import { hand, make, type File } from '../../src/lib/server/exports.ts';
import { issue, redeem } from '../../src/lib/server/exports/pass.ts';
import { readAll } from '../../src/lib/server/exports/records.ts';
import { close } from '../../src/lib/server/warehouse.ts';
import type { CubeQuery } from '../../src/lib/query.ts';
import { parse } from '../../src/lib/state.ts';
import type { Viewer } from '../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { boss } from '../harness/viewer.ts';
import { secret, startCube, type Cube } from './cube/server.ts';

const russian: Viewer = { ...boss, locale: 'ru' };
const ann: Viewer = { ...boss, user_id: 'ann', access: 'own', employee_keys: [11] };

/** Names that a spreadsheet, a file or an XML parser might take for something else. */
const hostile = [
  '=HYPERLINK("http://evil.example","x")',
  '+7 (900) 000-00-00',
  '-1+1',
  '@SUM(A1)',
  '\t=1',
  '\r=2',
  '＝1+1',
  'a;b,"c"\nd',
  '<img src=x onerror=alert(1)> & ]]>',
  'x'.repeat(300),
  '\u202eright\u0007 _x0041_ 👩‍💻',
  '-5',
];
const many = 100_000;

let database: Database;
let cube: Cube;

beforeAll(async () => {
  database = await createDatabase();
  await database.query(readFileSync(new URL('./cube/company.sql', import.meta.url), 'utf8'));
  await database.query(
    `insert into app.users (id, name, email, role) values ('boss', 'Boss', 'boss@example.com', 'executive')`,
  );
  // a month of its own for hostile names, and another for very many deals
  await database.query(
    `insert into core.fct_deals (source, source_id, deal_key, title, created_at, closed_at, status, owner_key, amount)
     select 'crm', 'h' || n, 5000 + n, title, '2023-05-10', '2023-05-10', 'won', 11, -0.5 + n
       from unnest($1::text[]) with ordinality t (title, n)`,
    [hostile],
  );
  await database.query(
    `insert into core.fct_deals (source, source_id, deal_key, title, created_at, closed_at, status, owner_key, amount)
     select 'crm', 'many' || n, 100000 + n, 'A deal with a title of a usual length, number ' || n,
            timestamptz '2022-03-01' + n % 600 * interval '1 hour', timestamptz '2022-03-02' + n % 600 * interval '1 hour',
            'won', case n % 4 when 0 then 11 else 13 end, n % 1000 + 0.25
       from generate_series(1, ${many}) n`,
  );
  await database.query('analyze core.fct_deals');
  cube = await startCube(database.url);
  Object.assign(process.env, {
    WAREHOUSE_URL: database.url,
    CUBE_URL: `${cube.base}/cubejs-api`,
    PULSE_SECRET: secret,
  });
});

afterAll(async () => {
  await close();
  await cube?.stop();
  await database?.drop();
});

const records = (form: Target['form'], metric = 'sales.won_amount'): Target => ({
  page: `drill/${metric}`,
  block: 'records',
  form,
});

async function take(viewer: Viewer, target: Target, query: string): Promise<File> {
  const file = await make(viewer, target, query, 'http://127.0.0.1:9');
  if (!file) throw new Error('There is no such file');
  return file;
}

async function bytes(body: Readable | Buffer): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return body;
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function csv(viewer: Viewer, target: Target, query: string): Promise<string[][]> {
  const text = (await bytes((await take(viewer, target, query)).body)).toString('utf8');
  expect(text.startsWith('\ufeff')).toBe(true);
  const delimiter = viewer.locale === 'ru' ? ';' : ',';
  return parseCsv(text, { bom: true, delimiter, record_delimiter: '\r\n' }) as string[][];
}

const may = 'from=2023-05-01&to=2023-05-31';
const march = 'from=2022-03-01&to=2022-03-31';
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

async function head(viewer: Viewer, query: string): Promise<number> {
  const page = await drill.load(viewer, 'sales.won_amount', parse(new URLSearchParams(query)).state);
  return page?.head.value ?? NaN;
}

describe('hostile names', () => {
  test('are text in CSV, each in its cell, and change no number', async () => {
    const [titles, ...rows] = await csv(boss, records('csv'), may);
    expect(titles?.[0]).toBe('Deal');
    expect(rows).toHaveLength(hostile.length);
    const cells = rows.map(([title]) => title ?? '');
    expect(cells.filter((cell) => /^\s*[=+\-@＝]|^[\t\r]/.test(cell))).toEqual([]);
    expect(cells.map((cell) => cell.replace(/^'/, '')).sort()).toEqual([...hostile].sort());
    // the first amount is below nothing and stays a number
    const amount = titles?.indexOf('Amount') ?? -1;
    expect(rows.map((row) => Number(row[amount])).sort((a, b) => a - b)[0]).toBe(0.5);
    expect(sum(rows.map((row) => Number(row[amount])))).toBeCloseTo(await head(boss, may), 6);
  });

  test('open right in a Russian Excel: semicolons and decimal commas', async () => {
    const [titles, ...rows] = await csv(russian, records('csv'), may);
    const amount = titles?.indexOf('Сумма') ?? -1;
    expect(rows.map((row) => row[amount])).toContain('0,5');
  });

  test('are text in XLSX beside typed numbers and days, and never a formula', async () => {
    const body = await bytes((await take(boss, records('xlsx'), may)).body);
    const [sheet, about] = await readXlsx(body, { trim: false });
    const [titles = [], ...rows] = sheet?.data ?? [];
    expect(rows.map(([title]) => title).sort()).toEqual([...hostile].sort());
    const amounts = rows.map((row) => row[titles.indexOf('Amount')]);
    expect(amounts.every((value) => typeof value === 'number')).toBe(true);
    expect(sum(amounts as number[])).toBeCloseTo(await head(boss, may), 6);
    expect(rows[0]?.[titles.indexOf('Created')]).toEqual(new Date('2023-05-10T00:00:00Z'));
    const facts = new Map(about?.data.map(([title, text]) => [title, text]));
    expect(facts.get('Period')).toContain('May 2023');
    expect(facts.get('Whose records')).toBe('The whole company');
    expect([...facts.keys()].some((title) => String(title).startsWith('Data as of'))).toBe(true);
  });
});

describe(`${many} records`, () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  // what is held by a file on its way: one answer of Cube and what is being packed
  const allowance = 40 * 1024 * 1024;

  test.each(['csv', 'xlsx'] as const)(
    'stream as %s in constant memory',
    async (form) => {
      const { body } = await take(boss, records(form), march);
      collect();
      const before = process.memoryUsage().heapUsed;
      let most = 0;
      let largest = 0;
      let count = 0;
      for await (const part of body as Readable) {
        largest = Math.max(largest, (part as Buffer).length);
        if (++count % 25 !== 0) continue;
        collect();
        most = Math.max(most, process.memoryUsage().heapUsed - before);
      }
      expect(count).toBeGreaterThan(40);
      expect(largest).toBeLessThan(512 * 1024);
      expect(most).toBeLessThan(allowance);
    },
    240_000,
  );

  test('are each there once, and their sum is the number on the page', async () => {
    const [titles = [], ...rows] = await csv(boss, records('csv'), march);
    expect(rows).toHaveLength(many);
    expect(new Set(rows.map((row) => row[titles.indexOf('ID')])).size).toBe(many);
    expect(sum(rows.map((row) => Number(row[titles.indexOf('Amount')])))).toBeCloseTo(
      await head(boss, march),
      3,
    );
  }, 240_000);

  test('are no longer asked for when nobody reads on', async () => {
    const file = await take(boss, records('csv'), march);
    const body = file.body as Readable;
    for await (const part of body) {
      expect(part).toBeTruthy();
      break;
    }
    expect(body.destroyed).toBe(true);
  });
});

describe('reading on', () => {
  const ofSpend: CubeQuery = {
    measures: ['marketing.spend', 'marketing.revenue'],
    dimensions: ['marketing.channel', 'marketing.campaign'],
    timeDimensions: [{ dimension: 'marketing.date', granularity: 'day' }],
    order: [['marketing.date', 'desc']],
    timezone: 'Europe/Moscow',
  };

  // many rows of one name, and rows without any
  test.each([3, 50, 400])(
    'by a name that rows share, %i at a time, loses and repeats none',
    async (limit) => {
      const query = { ...ofSpend, limit };
      const found: string[] = [];
      for await (const row of readAll(
        (more) => loadOnce(boss, { ...query, ...more }),
        query,
        'marketing.campaign',
      ))
        found.push(JSON.stringify(row));
      const { rows } = await loadOnce(boss, { ...ofSpend, limit: 50_000 });
      expect(rows.length).toBeGreaterThan(400);
      expect(rows.some((row) => row['marketing.campaign'] === null)).toBe(true);
      expect(found.sort()).toEqual(rows.map((row) => JSON.stringify(row)).sort());
    },
    240_000,
  );
});

describe('rights', () => {
  test('hold in a file as on the page: a manager gets the own records and no others', async () => {
    const [titles = [], ...rows] = await csv(ann, records('csv'), march);
    expect(rows).toHaveLength(many / 4);
    expect(new Set(rows.map((row) => row[titles.indexOf('Manager')]))).toEqual(new Set(['Ann']));
    const [, ...others] = await csv(ann, records('csv'), `${march}&by=owner&part=Eve`);
    expect(others).toEqual([]);
    const [, ...filtered] = await csv(ann, records('csv'), `${march}&in=owner%3AEve`);
    expect(filtered).toEqual([]);
  }, 240_000);

  test('a file that does not exist is none, and each that is handed over is written down first', async () => {
    const from = { address: 'http://127.0.0.1:9', ip: '203.0.113.7' };
    const nothing: Target[] = [
      { page: 'drill/sales.no_such', block: 'records', form: 'csv' },
      { page: 'sales', block: 'no_such', form: 'csv' },
      { page: 'constructor', block: null, form: 'xlsx' },
      { page: 'sales', block: null, form: 'csv' },
      { page: 'sales', block: 'stages', form: 'pdf' },
    ];
    for (const target of nothing) expect(await hand(boss, target, '', from)).toBeNull();
    const file = await hand(boss, records('csv'), may, from);
    (file?.body as Readable).destroy();
    const rows = await database.query('select * from app.audit where action = $1', ['exported']);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      user_id: 'boss',
      actor: 'boss@example.com',
      subject: 'drill/sales.won_amount#records',
      ip_address: '203.0.113.7',
      details: { form: 'csv', state: may },
    });
  });

  test('a pass for printing opens its own page, once, within a minute', () => {
    const pass = issue(boss, '/sales?period=all', 1000);
    expect(redeem(pass, '/managers', 2000)).toBeNull();
    expect(redeem(pass, '/sales?period=all', 62_000)).toBeNull();
    const [text = '', mark = ''] = pass.split('.');
    const forged = Buffer.from(text, 'base64url').toString().replace('boss', 'root');
    expect(
      redeem(`${Buffer.from(forged).toString('base64url')}.${mark}`, '/sales?period=all', 2000),
    ).toBeNull();
    expect(redeem('', '/sales', 2000)).toBeNull();
    expect(redeem(pass, '/sales?period=all', 2000)).toEqual({ user_id: 'boss', locale: 'en' });
    expect(redeem(pass, '/sales?period=all', 2000)).toBeNull();
  });
});

test('a chart is a picture of its own size, with its title in it', async () => {
  const target: Target = { page: 'drill/sales.won_amount', block: 'chart-parts', form: 'png' };
  const { name, body } = await take(boss, target, march);
  expect(name).toMatch(/^Won amount – .*2022-03-01…2022-03-31\.png$/);
  const picture = await bytes(body);
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBe(1600);
  expect(picture.readUInt32BE(20)).toBeGreaterThan(300);
});
