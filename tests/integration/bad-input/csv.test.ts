import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults, repairs } from '../../../etl/connectors/rules.ts';
import { names, openBench, type Bench } from './case.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

let count = 0;
async function load(content: string | Buffer, more?: string, extension = 'csv') {
  const file = `bad${++count}.${extension}`;
  bench.write(file, content);
  const outcome = await bench.take('products', file, names, more, `csv${count}`);
  const customers = await bench.rows<{ id: string; name: string }>(
    `select source_id as id, name from core.dim_products where source = 'csv${count}' order by source_id`,
  );
  return { ...outcome, file, names: Object.fromEntries(customers.map(({ id, name }) => [id, name])) };
}

const cp1251 = (text: string): Buffer =>
  Buffer.from(
    [...text].map((c) => (c >= 'А' && c <= 'я' ? c.charCodeAt(0) - 0x410 + 0xc0 : c.charCodeAt(0))),
  );

describe('encodings', () => {
  test('a file of windows-1251 that is declared as utf-8 sends its damaged rows to quarantine, and only those', async () => {
    const got = await load(cp1251('id,name\n1,Анна\n2,Bob\n3,Вера\n'), 'encoding: utf-8');
    expect(got).toMatchObject({ status: 'succeeded', counts: { read: 3, inserted: 1, quarantined: 2 } });
    expect(got.names).toEqual({ 2: 'Bob' });
    expect(got.quarantine.map(({ reason }) => reason)).toEqual([
      faults.bytes('utf-8'),
      faults.bytes('utf-8'),
    ]);
  });

  test.each([
    ['windows-1251', cp1251('id,name\n1,Анна\n'), 'csv'],
    ['utf-16le', Buffer.from('\ufeffid,name\n1,Анна\n', 'utf16le'), 'csv'],
    ['utf-16le', Buffer.from('id,name\n1,Анна\n', 'utf16le'), 'csv'],
    ['utf-16be', Buffer.from('\ufeffid,name\n1,Анна\n', 'utf16le').swap16(), 'csv'],
    ['utf-16le', gzipSync(Buffer.from('\ufeffid,name\n1,Анна\n', 'utf16le')), 'csv.gz'],
  ])('%s is found out', async (encoding, content, extension) => {
    const got = await load(content, undefined, extension);
    expect(got.names).toEqual({ 1: 'Анна' });
    const [stream] = await bench.rows<{ detected: Record<string, { encoding: string }> }>(
      'select detected from ops.run_streams order by run_id desc limit 1',
    );
    expect(stream?.detected[got.file]?.encoding).toBe(encoding);
  });

  test('a spoilt byte in the middle of UTF-8 costs its own row', async () => {
    const got = await load(
      Buffer.concat([
        Buffer.from('id,name\n1,Анна\n2,'),
        Buffer.from([0xff]),
        Buffer.from('Вера\n3,Жанна\n'),
      ]),
    );
    expect(got.names).toEqual({ 1: 'Анна', 3: 'Жанна' });
    expect(got.quarantine).toMatchObject([{ position: `${got.file}:3`, reason: faults.bytes('utf-8') }]);
  });

  test('the sign for a spoilt letter that is truly in the text is a letter like any other', async () => {
    expect((await load('id,name\n1,a\ufffdb\n2,"x"y\n')).names).toMatchObject({ 1: 'a\ufffdb' });
  });

  test('a NUL and a byte order mark inside are left out, which the run says', async () => {
    const got = await load('id,name\n1,a\0b\n\ufeff2,c\n');
    expect(got.names).toEqual({ 1: 'ab', 2: 'c' });
    expect(got.rules).toEqual({ [repairs.nul]: 1, [repairs.mark]: 1 });
  });
});

describe('quotes and delimiters', () => {
  test('a quote that is never closed costs its own row', async () => {
    const got = await load('id,name\n1,"Acme\n2,"Beta, Inc"\n3,Gamma\n');
    expect(got.names).toEqual({ 2: 'Beta, Inc', 3: 'Gamma' });
    expect(got.quarantine).toMatchObject([{ position: `${got.file}:2`, reason: faults.quote }]);
  });

  test('also where no other quote follows', async () => {
    const got = await load('id,name\n1,"Acme\n2,Beta\n3,Gamma\n');
    expect(got.counts).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
    expect(got.names).toEqual({ 2: 'Beta', 3: 'Gamma' });
  });

  test('quotes inside a quoted name are text', async () => {
    const got = await load('id,name\n1,"ООО "Ромашка" Москва"\n2,Beta\n');
    expect(got.names).toEqual({ 1: 'ООО "Ромашка" Москва', 2: 'Beta' });
    expect(got.rules).toEqual({ [repairs.quote]: 2 });
  });

  test('text after a closing quote costs its own row', async () => {
    const got = await load('id,name\n1,"Acme"x\n2,"Beta"\n3,Gamma\n');
    expect(got.names).toEqual({ 2: 'Beta', 3: 'Gamma' });
    expect(got.quarantine).toMatchObject([{ reason: faults.quote }]);
  });

  test('a hundred thousand broken quotes take no more than seconds', async () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => `${i},"open`);
    const started = Date.now();
    const got = await load(`id,name\n${rows.join('\n')}\nlast,Good\n`);
    expect(got.counts).toMatchObject({ read: 100_001, inserted: 1, quarantined: 100_000 });
    expect(got.rules).toMatchObject({ [repairs.noLines]: 1 });
    expect(Date.now() - started).toBeLessThan(20_000);
  }, 60_000);

  test('a row with another delimiter is told by its width', async () => {
    const got = await load('id;name;x\n1;Acme;\n2,Beta,\n3\tGamma\t\n');
    expect(got.names).toEqual({ 1: 'Acme' });
    expect(got.quarantine.map(({ reason }) => reason)).toEqual([faults.width(1, 3), faults.width(1, 3)]);
  });

  test('a header that comes again is no row', async () => {
    const got = await load('id,name\n1,Acme\nid,name\n2,Beta\n');
    expect(got.counts).toMatchObject({ read: 2, inserted: 2 });
    expect(got.rules).toEqual({ [repairs.header]: 1 });
  });

  test('a header that comes again far behind the first is found as well', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},Name ${i}`);
    const got = await load(`id,name\n${rows.join('\n')}\nid,name\n`);
    expect(got.counts).toMatchObject({ read: 60_000, inserted: 60_000 });
  });

  test('lines may end as they did on old systems', async () => {
    expect((await load('id,name\r1,Acme\r2,"Be\rta"\r')).names).toEqual({ 1: 'Acme', 2: 'Be\rta' });
    expect((await load('id,name\r\n1,Acme\r\n2,"Beta"\r\n')).names).toEqual({ 1: 'Acme', 2: 'Beta' });
  });
});

describe('size', () => {
  const peak = async (work: () => Promise<void>): Promise<number> => {
    const before = process.memoryUsage().rss;
    let most = before;
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 10);
    await work();
    clearInterval(timer);
    return (most - before) / 1e6;
  };

  test('a hundred megabytes in one line cost that line, and little memory', async () => {
    const file = 'long.csv';
    await pipeline(
      function* () {
        yield 'id,name\n1,Acme\n2,';
        for (let i = 0; i < 100; i++) yield 'x'.repeat(1 << 20);
        yield '\n3,Gamma\n';
      },
      createWriteStream(join(bench.folder, file)),
    );
    const used = await peak(async () => {
      const got = await bench.take('products', file, names, undefined, 'long');
      expect(got.counts).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
      expect(got.quarantine).toMatchObject([{ position: 'long.csv:3', field: '', reason: faults.long(8) }]);
    });
    expect(used).toBeLessThan(200);
  }, 60_000);

  test('so does a quoted cell without an end', async () => {
    const file = 'open.csv';
    await pipeline(
      function* () {
        yield 'id,name\n1,"open\n';
        for (let i = 0; i < 300_000; i++)
          yield `${i + 2},Some customer with a name of ordinary length ${i}\n`;
      },
      createWriteStream(join(bench.folder, file)),
    );
    const got = await bench.take('products', file, names, undefined, 'open');
    expect(got.counts).toMatchObject({ read: 300_001, inserted: 300_000, quarantined: 1 });
  }, 60_000);

  test('a zip bomb is left before it fills anything, and named', async () => {
    const got = await load(
      gzipSync(`id,name\n${'1,aaaaaaaaaaaaaaaaaaaaaa\n'.repeat(4_000_000)}`),
      '',
      'csv.gz',
    );
    expect(got).toMatchObject({ status: 'failed', error: expect.stringMatching(/zip bomb/) });
  }, 60_000);

  test('an archive that was cut off is told of as such', async () => {
    const whole = gzipSync(
      `id,name\n${Array.from({ length: 5000 }, (_, i) => `${i},${Math.random()}`).join('\n')}`,
    );
    const got = await load(whole.subarray(0, whole.length / 2), '', 'csv.gz');
    expect(got.error).toMatch(/ends early: is it still being written\?/);
  });

  test('five thousand columns', async () => {
    const columns = Array.from({ length: 5000 }, (_, i) => `column number ${i}`);
    const got = await load(
      `id,name,${columns.join(',')}\n1,Acme,${columns.map((c) => `value of ${c}`).join(',')}\n,Beta,${columns.map(() => 'x').join(',')}\n`,
    );
    expect(got).toMatchObject({
      status: 'succeeded',
      names: { 1: 'Acme' },
      counts: { read: 2, quarantined: 1 },
    });
    const [kept] = await bench.rows<{ row: Record<string, string> }>(
      `select row from ops.quarantine where source = 'csv${count}'`,
    );
    expect(Object.keys(kept?.row ?? {})).toHaveLength(5002);
  });

  test('four hundred columns that are all filled', async () => {
    const columns = Array.from({ length: 290 }, (_, i) => `c${i}`);
    const wide = 'a text of some length '.repeat(20);
    const got = await load(`id,name,${columns.join(',')}\n1,Acme,${columns.map(() => wide).join(',')}\n`);
    expect(got.names).toEqual({ 1: 'Acme' });
  });
});

describe('texts', () => {
  test('of every kind arrive as they are', async () => {
    const texts = {
      emoji: '🦊 Лиса 👩‍👩‍👧',
      rtl: 'שלום \u202eabc\u202c مرحبا',
      formula: "=cmd|' /C calc'!A0",
      script: '<script>alert(1)</script>',
      lines: 'one\ntwo\r\nthree',
      long: 'Очень длинное имя '.repeat(30).trim(),
      sql: "Robert'); drop table core.dim_customers;--",
      backslash: 'a\\nb\\\\ \\. \\N',
    };
    const rows = Object.entries(texts).map(([id, text]) => `${id},"${text.replaceAll('"', '""')}"`);
    expect((await load(`id,name\n${rows.join('\n')}\n`)).names).toEqual(texts);
  });

  test('too long for an id wait in quarantine, also where the id is that of another record', async () => {
    bench.write(
      'ids.csv',
      `id,who,sum\n1,${'я'.repeat(3000)},1\n${'b'.repeat(501)},Anna,1\n3,${'c'.repeat(400)},1\n`,
    );
    const got = await bench.take('deals', 'ids.csv', '{ source_id: id, owner_id: who, amount: sum }');
    expect(got.counts).toMatchObject({ read: 3, inserted: 1, quarantined: 2 });
    expect(got.quarantine.map(({ field, reason }) => [field, reason])).toEqual([
      ['owner_id', 'longer than 500 characters'],
      ['source_id', 'longer than 500 characters'],
    ]);
  });
});

describe('headers', () => {
  test('an empty file, a header without rows, missing and renamed columns are told of', async () => {
    expect((await load('')).error).toMatch(/is empty: expected a header line/);
    expect(await load('id,name\n')).toMatchObject({ status: 'succeeded', counts: { read: 0 } });
    expect((await load('id\n1\n')).error).toMatch(/has no column «name»; it has id$/);
    expect((await load('id,title\n1,a\n')).error).toMatch(/has no column «name»; it has id, title$/);
  });
});
