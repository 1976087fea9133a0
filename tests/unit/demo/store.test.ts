import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { setScene, simulate } from '../../../demo/company/simulate.ts';
import { exportAds, exportCalendar, exportRates } from '../../../demo/store/exports.ts';
import { writeCsv } from '../../../demo/store/files.ts';
import { encode, type Table } from '../../../demo/store/tables.ts';

const company = simulate(setScene({ until: '2026-10-20', scale: 0.02 }));

describe('csv', () => {
  test('quotes what its own delimiter would break', () => {
    const csv = writeCsv(
      ['a', 'b;c'],
      [
        ['x;y "z"', 1.5],
        [null, -2],
      ],
      { delimiter: ';', decimal: ',', encoding: 'utf8' },
    );
    expect(csv.toString()).toBe('a;"b;c"\n"x;y ""z""";1,50\n;-2\n');
  });

  test('a decimal comma in a comma file is quoted', () => {
    expect(writeCsv(['a'], [[0.25]], { delimiter: ',', decimal: ',', encoding: 'utf8' }).toString()).toBe(
      'a\n"0,25"\n',
    );
  });
});

describe('exports', () => {
  const files = new Map(exportAds(company).map((f) => [f.path, f.content]));

  test('a file for each platform and month', () => {
    expect([...files.keys()].filter((path) => path.startsWith('ads/yandex/'))).toHaveLength(25);
    expect(files.has('ads/google/google_ads_2026-10.csv')).toBe(true);
  });

  test('each in its own dialect', () => {
    const yandex = iconv.decode(files.get('ads/yandex/direct_2026-10.csv') as Buffer, 'windows-1251');
    expect(yandex.split('\r\n')[0]).toBe('Дата;№ кампании;Кампания;Показы;Клики;Расход (руб.)');
    expect(yandex).toMatch(/^01\.10\.2026;70000001;search_compressors;\d+;\d+;\d+,\d\d\r$/m);
    expect(files.get('ads/vk/vk_ads_2026-10.csv')?.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    expect(files.get('ads/google/google_ads_2026-10.csv')?.toString()).toMatch(
      /^2026-10-01,cis_compressors,\d+,\d+,\d{5,},USD$/m,
    );
  });

  test('rates come on working days only, the calendar on all', () => {
    const rates = iconv.decode(exportRates(company).content, 'windows-1251');
    expect(rates).toMatch(/^16\.10\.2026;USD;\d+,\d{4}\r$/m);
    expect(rates).not.toContain('17.10.2026');
    expect(exportCalendar(company).content.toString()).toContain('\n2026-10-17,0\n');
  });
});

describe('COPY', () => {
  const table: Table = {
    name: 't',
    columns: {
      id: 'bigint',
      name: 'text',
      at: 'timestamptz',
      local: 'timestamp',
      day: 'date',
      ok: 'boolean',
    },
    rows: () => [
      { id: 1, name: 'a\tb\nc\\d', at: 0, local: 0, day: 1, ok: false },
      { id: 2, name: null },
    ],
  };

  test('escapes, and tells nothing from empty', () => {
    expect([...encode(table, company)].join('')).toBe(
      '1\ta\\tb\\nc\\\\d\t1970-01-01T00:00:00.000Z\t1970-01-01 03:00:00\t1970-01-02\tfalse\n2\t\\N\t\\N\t\\N\t\\N\t\\N\n',
    );
  });
});
