import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { LandedRow } from '../../../etl/connectors/connector.ts';
import { inspectCsv, readCsv, type CsvOptions } from '../../../etl/connectors/csv.ts';
import { openSnapshot } from '../../../etl/connectors/snapshot.ts';

const folder = mkdtempSync(join(tmpdir(), 'pulse-csv-'));

async function read(content: string | Buffer, options: CsvOptions = {}, name = 'a.csv') {
  const file = join(folder, name);
  writeFileSync(file, content);
  const { header, ...dialect } = await inspectCsv(openSnapshot(file), options);
  const rows: LandedRow[] = [];
  for await (const row of readCsv(openSnapshot(file), dialect, header, options)) rows.push(row);
  return { header, dialect, rows, values: rows.map((row) => row.values) };
}

describe('what is found out about a file', () => {
  const cyrillic = Buffer.from([0xcc, 0xe5, 0xed, 0xe5, 0xe4, 0xe6, 0xe5, 0xf0]); // «Менеджер» in windows-1251
  const cases: [
    name: string,
    content: string | Buffer,
    encoding: string,
    delimiter: string,
    header: string[],
  ][] = [
    ['UTF-8, comma', 'a,b\n1,2\n', 'utf-8', ',', ['a', 'b']],
    ['UTF-8 with a byte order mark', '\ufeffa;b\n1;2\n', 'utf-8', ';', ['a', 'b']],
    ['UTF-16 little endian', Buffer.from('\ufeffa\tb\n1\t2\n', 'utf16le'), 'utf-16le', '\t', ['a', 'b']],
    [
      'windows-1251',
      Buffer.concat([cyrillic, Buffer.from(';x\n1;2\n')]),
      'windows-1251',
      ';',
      ['Менеджер', 'x'],
    ],
    ['latin-1', Buffer.from('id,réponse\n1,tr\xe8s\n', 'latin1'), 'windows-1252', ',', ['id', 'réponse']],
    ['pipes, commas inside', 'a|b\n"1,5"|2\n"2,5"|3\n', 'utf-8', '|', ['a', 'b']],
    ['decimal commas under semicolons', 'a;b\n1,5;2,5\n3,5;4,5\n', 'utf-8', ';', ['a', 'b']],
  ];
  test.each(cases)('%s', async (_, content, encoding, delimiter, header) => {
    const found = await read(content);
    expect(found.dialect).toEqual({ encoding, delimiter });
    expect(found.header).toEqual(header);
    expect(found.rows.length).toBeGreaterThan(0);
  });

  test('gzip is unpacked', async () => {
    expect((await read(gzipSync('a,b\n1,2\n'), {}, 'b.csv.gz')).values).toEqual([['1', '2']]);
  });
});

describe('rows', () => {
  test('keep their line, also after a line break inside quotes', async () => {
    const { rows } = await read('a,b\n1,"x\ny"\n2,z\n');
    expect(rows.map((row) => row.position)).toEqual(['a.csv:2', 'a.csv:4']);
    expect(rows[0]?.values).toEqual(['1', 'x\ny']);
  });

  test('of another width carry a problem instead of disappearing', async () => {
    const { rows } = await read('a,b,c\n1,2\n1,2,3,4\n1,2,3,,\n');
    expect(rows.map((row) => row.problem)).toEqual([
      'the row has 2 cells, the header 3',
      'the row has 4 cells, the header 3',
      undefined,
    ]);
    expect(rows[1]?.values).toEqual(['1', '2', '3,4']);
  });

  test('of a file without a header take the names that are given', async () => {
    const { header, values } = await read('1,2\n3,4\n', { columns: ['x', 'y'] });
    expect(header).toEqual(['x', 'y']);
    expect(values).toHaveLength(2);
  });

  test('an empty file says what was expected', async () => {
    await expect(read('')).rejects.toThrow('a.csv is empty: expected a header line');
  });
});
