import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readJsonList } from '../../../etl/connectors/json-text.ts';
import { faults } from '../../../etl/connectors/rules.ts';
import { names, openBench, type Bench } from './case.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

let count = 0;
async function load(content: string | Buffer, extension = 'json', more?: string) {
  const file = `bad${++count}.${extension}`;
  const name = `json${count}`;
  bench.write(file, content);
  const outcome = await bench.take('products', file, names, more, name);
  const rows = await bench.rows<{ id: string; name: string }>(
    `select source_id as id, name from core.dim_products where source = '${name}' order by source_id`,
  );
  return { ...outcome, file, names: Object.fromEntries(rows.map(({ id, name }) => [id, name])) };
}

describe.each(['json', 'jsonl'])('as %s', (extension) => {
  const write = (...rows: string[]): string =>
    extension === 'json' ? `[${rows.join(',\n')}]` : rows.join('\n');

  test('long numbers stay exact', async () => {
    const id = '9007199254740993123';
    const got = await load(
      write(`{"id":${id},"name":0.12345678901234567890}`, '{"id":1e999999,"name":"x"}'),
      extension,
    );
    expect(got.names).toEqual({ [id]: '0.12345678901234567890', '1e999999': 'x' });
  });

  test('what lies too deep in itself waits in quarantine', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const got = await load(
      write('{"id":1,"name":"a"}', `{"id":2,"name":${deep}}`, `{"id":3,"name":"b"}`),
      extension,
    );
    expect(got.names).toEqual({ 1: 'a', 3: 'b' });
    expect(got.quarantine).toMatchObject([{ reason: faults.deep }]);
  });

  test('of a name that is given twice the last value counts', async () => {
    expect((await load(write('{"id":1,"name":"a","name":"b"}'), extension)).names).toEqual({ 1: 'b' });
  });

  test('halves of letters, NUL and texts of many megabytes do no harm', async () => {
    const got = await load(
      write(
        String.raw`{"id":1,"name":"a\ud800b\u0000c","x":"\\ud800 \\u0000 \ud83d\ude00","n":12345678901234567890}`,
        `{"id":2,"name":"ok","n":12345678901234567890,"x":"${'y'.repeat(20 << 20)}"}`,
      ),
      extension,
    );
    expect(got).toMatchObject({ status: 'succeeded', names: { 1: 'a\ufffdbc', 2: 'ok' } });
  }, 60_000);

  test('a broken row costs itself', async () => {
    const got = await load(write('{"id":1,"name":"a"}', "{'id':2}", '7', '{"id":3,"name":"b"}'), extension);
    expect(got.names).toEqual({ 1: 'a', 3: 'b' });
    expect(got.quarantine.map(({ reason }) => reason)).toEqual([
      faults.json("{'id':2}"),
      'required, and there is nothing',
    ]);
  });

  test('a hundred megabytes in one row cost that row', async () => {
    const file = `large.${extension}`;
    await pipeline(
      function* () {
        yield extension === 'json'
          ? '[{"id":1,"name":"a"},\n{"id":2,"name":"'
          : '{"id":1,"name":"a"}\n{"id":2,"name":"';
        for (let i = 0; i < 100; i++) yield 'x'.repeat(1 << 20);
        yield extension === 'json' ? '"},\n{"id":3,"name":"c"}]' : '"}\n{"id":3,"name":"c"}\n';
      },
      createWriteStream(join(bench.folder, file)),
    );
    const got = await bench.take('products', file, names);
    expect(got.counts).toMatchObject({ read: 3, inserted: 2, quarantined: 1 });
    expect(got.quarantine).toMatchObject([{ reason: faults.long(64) }]);
  }, 60_000);
});

describe('a document', () => {
  test('that is an object says where its lists are', async () => {
    expect((await load('{"total":1,"data":{"items":[{"id":1}]},"more":[]}')).error).toMatch(
      /has no list of rows at \$; set «records», there is \$\.data\.items, \$\.more$/,
    );
    expect((await load('{"id":1,"name":"a"}')).error).toMatch(/has no list of rows at \$$/);
  });

  test('gives the list that is asked for, whatever stands around it', async () => {
    const text =
      '\ufeff{"data":{"note":"[{\\"items\\":[1]}] \\\\","items":[ {"id":1,"name":"a]}"}, {"id":2,"name":"b"} ]},"x":[]}';
    const got = await load(text, 'json', 'records: $.data.items');
    expect(got.names).toEqual({ 1: 'a]}', 2: 'b' });
    expect((await load('[]')).counts).toMatchObject({ read: 0 });
  });

  test('that ends early is told of, and nothing of it is kept', async () => {
    const got = await load('[{"id":1,"name":"a"},{"id":2,"na');
    expect(got).toMatchObject({
      status: 'failed',
      names: {},
      error: expect.stringMatching(/ends early: is it still being written\?/),
    });
  });

  test('is cut into its rows wherever the reading stops', async () => {
    const text = JSON.stringify({
      a: { 'k"ey': '\\', items: [{ id: 1, t: 'x"\\],{' }, [2, [3]], 'four,', null] },
    });
    const whole = [{ id: 1, t: 'x"\\],{' }, [2, [3]], 'four,', null];
    for (let size = 1; size < text.length; size++) {
      const parts = async function* (): AsyncGenerator<string> {
        for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
      };
      const got: unknown[] = [];
      for await (const item of readJsonList(parts(), ['a', 'items'], 'x')) got.push(JSON.parse(item.text));
      expect(got).toEqual(whole);
    }
  });
});
