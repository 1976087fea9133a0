import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import writeXlsxFile from 'write-excel-file/node';
import { join } from 'node:path';
import { names, openBench, type Bench } from './case.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.database.drop());

/** A zip archive of one entry that may lie about its unpacked size. */
function zip(name: string, content: Buffer, told: number): Buffer {
  const packed = deflateRawSync(content);
  const label = Buffer.from(name);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(told, 22);
  local.writeUInt16LE(label.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(told, 24);
  entry.writeUInt16LE(label.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length + label.length, 12);
  end.writeUInt32LE(local.length + label.length + packed.length, 16);
  return Buffer.concat([local, label, packed, entry, label, end]);
}

test('a workbook that is a bomb is left by what it unpacks to, not by what it says of itself', async () => {
  bench.write('bomb.xlsx', zip('xl/worksheets/sheet1.xml', Buffer.alloc(400 << 20), 100));
  const got = await bench.take('products', 'bomb.xlsx', names);
  expect(got).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^bomb\.xlsx .* looks like a zip bomb/),
  });
}, 60_000);

test.each([
  ['something else', Buffer.from('id,name\n1,a\n')],
  ['nothing', Buffer.alloc(0)],
  ['an archive without a sheet', zip('readme.txt', Buffer.from('hello'), 5)],
])('%s under the name of a workbook is told of', async (_, content) => {
  bench.write('odd.xlsx', content);
  const got = await bench.take('products', 'odd.xlsx', names);
  expect(got).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^odd\.xlsx cannot be read as a workbook/),
  });
});

test('one that was cut off is told of, and a whole one is read', async () => {
  const cells = [
    ['id', 'name'],
    ['1', '=1+1'],
    ['2', '<b>'],
  ].map((row) => row.map((value) => ({ value, type: String })));
  await writeXlsxFile(cells).toFile(join(bench.folder, 'whole.xlsx'));
  const { readFileSync } = await import('node:fs');
  const whole = readFileSync(join(bench.folder, 'whole.xlsx'));
  bench.write('cut.xlsx', whole.subarray(0, whole.length - 100));
  expect((await bench.take('products', 'cut.xlsx', names)).error).toMatch(/is it still being written/);
  expect((await bench.take('products', 'whole.xlsx', names)).counts).toMatchObject({ read: 2, inserted: 2 });
});
