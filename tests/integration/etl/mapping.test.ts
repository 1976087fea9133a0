import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FieldSpec } from '../../../etl/config.ts';
import { reasons } from '../../../etl/reasons.ts';
import { openBench, type Bench } from '../bad-input/case.ts';

// The mapping language, word by word, through a real load: what becomes of the columns «a» and «b».
type Field = 'title' | 'amount' | 'created_at' | 'is_test' | 'status';
type Row = [given: string | [a: string, b: string], expected: string | null | { bad: string }];
type Case = { field: Field; spec: FieldSpec; rows: Row[]; more?: string };

const text = (spec: FieldSpec, rows: Row[], more?: string): Case => ({
  field: 'title',
  spec,
  rows,
  ...(more && { more }),
});
const number = (spec: FieldSpec, rows: Row[]): Case => ({ field: 'amount', spec, rows });
const time = (spec: FieldSpec, rows: Row[], more?: string): Case => ({
  field: 'created_at',
  spec,
  rows,
  ...(more && { more }),
});
const noNumber = { bad: reasons.number };
const noDate = { bad: reasons.date };

const cases: Record<string, Case> = {
  'a renamed column, always trimmed': text('a', [
    ['x', 'x'],
    ['  x y ', 'x y'],
    ['\t\u00a0x\u202f', 'x'],
    ['   ', null],
    ['', null],
  ]),
  'a column whose name has blanks, quotes and letters of all kinds': text('Имя "x"; \'y\'', [['z', 'z']]),
  'a constant text': text({ value: 'fixed' }, [['x', 'fixed']]),
  'a constant number': number({ value: 7.5 }, [['x', '7.5']]),
  'a constant yes': { field: 'is_test', spec: { value: true }, rows: [['x', 'true']] },
  'a map; what it does not name passes': text(
    { from: 'a', map: { x: 'one', y: null, 142: 'won', true: 'T', "it's": 'q' } },
    [
      ['x', 'one'],
      [' x ', 'one'],
      ['y', null],
      ['142', 'won'],
      ['true', 'T'],
      ["it's", 'q'],
      ['z', 'z'],
      ['X', 'X'],
      ['', null],
    ],
  ),
  'a map with a default': text({ from: 'a', map: { x: 'one', y: null }, default: 'other' }, [
    ['x', 'one'],
    ['y', null],
    ['z', 'other'],
    ['', 'other'],
  ]),
  'a map to what the field allows': {
    field: 'status',
    spec: { from: 'a', map: { Выиграна: 'won', Deal_Lost: 'lost' } },
    rows: [
      ['Выиграна', 'won'],
      ['Deal_Lost', 'lost'],
      ['OPEN', 'open'],
      ['Paused', { bad: reasons.values(['open', 'won', 'lost']) }],
    ],
  },
  'a default': number({ from: 'a', default: 0 }, [
    ['5', '5'],
    ['', '0'],
    ['five', noNumber],
  ]),
  'lower case': text({ from: 'a', lower: true }, [['ÉЁ X', 'éё x']]),
  'upper case': text({ from: 'a', upper: true }, [['é ё x', 'É Ё X']]),
  'columns joined': text({ from: ['a', 'b'], join: ' – ' }, [
    [['x', 'y'], 'x – y'],
    [['x', ''], 'x'],
    [['', 'y'], 'y'],
    [['', ''], null],
  ]),
  'columns joined without a word of how': text({ from: ['b', 'a'] }, [[['x', 'y'], 'y x']]),
  'columns joined by nothing': text({ from: ['a', 'b'], join: '' }, [[['x', 'y'], 'xy']]),
  'the first column that is filled': text({ from: ['a', 'b'], coalesce: true }, [
    [['x', 'y'], 'x'],
    [['', 'y'], 'y'],
    [['  ', ''], null],
  ]),
  'a part of a text': text({ from: 'a', split: { by: '/', take: 2 } }, [
    ['x / y / z', 'y'],
    ['x', null],
    ['x/', null],
  ]),
  'the first part of a text': text({ from: 'a', split: { by: ' | ', take: 1 } }, [
    ['x', 'x'],
    ['x | y', 'x'],
  ]),
  'the group of a pattern': text({ from: 'a', extract: '№\\s*(\\d+)' }, [
    ['заказ № 17 от', '17'],
    ['заказ 17', null],
  ]),
  'a pattern without a group': text({ from: 'a', extract: '[A-Z]{2}-\\d+' }, [['see AB-12, CD-3', 'AB-12']]),
  'a pattern that minds no case': text({ from: 'a', extract: '(?i)utm_source=([^&]+)' }, [
    ['?UTM_Source=ya&x=1', 'ya'],
  ]),
  'something put before': text({ from: 'a', prefix: 'deal:' }, [
    ['1', 'deal:1'],
    ['', null],
  ]),
  'several at once: pattern, part, case, prefix, map': text(
    {
      from: 'a',
      extract: '<(.+)>',
      split: { by: '@', take: 1 },
      lower: true,
      prefix: 'u:',
      map: { 'u:root': 'admin' },
    },
    [
      ['Anna <ANNA@x.example>', 'u:anna'],
      ['Root <ROOT@x.example>', 'admin'],
      ['nobody', null],
    ],
  ),
  'another field where there is nothing': text(
    { from: 'a', map: { '-': null }, or: { from: 'b', prefix: 'b:', or: { value: 'none' } } },
    [
      [['x', 'y'], 'x'],
      [['-', 'y'], 'b:y'],
      [['', ''], 'none'],
    ],
  ),
  'texts that mean nothing': text(
    'a',
    [
      ['NA', null],
      ['n/a', null],
      ['NAN', 'NAN'],
    ],
    'empty: [NA, n/a],',
  ),

  'numbers as people write them': number('a', [
    ['1 234,56 ₽', '1234.56'],
    ['(7.10)', '-7.1'],
    ['1,234', noNumber],
    ['12 apples', noNumber],
  ]),
  'numbers whose decimal sign is declared': number({ from: 'a', number: { decimal: ',' } }, [
    ['1,234', '1.234'],
    ['1.234', '1234'],
    ['1.234.567,8', '1234567.8'],
  ]),
  millionths: number({ from: 'a', number: { divide: 1e6 } }, [
    ['20836690', '20.83669'],
    ['', null],
    ['x', noNumber],
  ]),

  'times as they are, in the zone of the source': time(
    'a',
    [
      ['2025-01-31', '2025-01-30 18:30:00+00'],
      ['31.01.2025 10:20', '2025-01-31 04:50:00+00'],
      ['2025-01-31T10:20:00+03:00', '2025-01-31 07:20:00+00'],
      ['31.02.2025', noDate],
      ['01/02/2025', { bad: reasons.order }],
    ],
    'timezone: Asia/Kolkata',
  ),
  'day first': time({ from: 'a', format: 'dd/MM/yyyy' }, [
    ['01/02/2025', '2025-01-31 21:00:00+00'],
    ['31/02/2025', noDate],
    ['2025-01-01', noDate],
  ]),
  'month first, with half days': time({ from: 'a', format: 'M/d/yyyy h:mm a' }, [
    ['1/2/2025 12:05 AM', '2025-01-01 21:05:00+00'],
    ['1/2/2025 1:05 pm', '2025-01-02 10:05:00+00'],
  ]),
  'digits only': time({ from: 'a', format: 'yyyyMMddHHmmss' }, [
    ['20250131102030', '2025-01-31 07:20:30+00'],
  ]),
  'a month by its name': time({ from: 'a', format: 'MMM-yy' }, [['Apr-18', '2018-03-31 21:00:00+00']]),
  'words between, and a zone': time({ from: 'a', format: "d MMMM yyyy 'at' HH:mm ZZ" }, [
    ['3 March 2025 at 10:00 +0500', '2025-03-03 05:00:00+00'],
  ]),
  'seconds since 1970': time({ from: 'a', format: 'epoch' }, [
    ['1453279607', '2016-01-20 08:46:47+00'],
    ['soon', noDate],
  ]),
  'their thousandths': time({ from: 'a', format: 'epoch_ms' }, [
    ['1453279607500', '2016-01-20 08:46:47.5+00'],
  ]),
  'minutes added to a time': time({ from: 'a', plus_minutes: 'b' }, [
    [['2025-01-31 10:00', '90'], '2025-01-31 08:30:00+00'],
    [['2025-01-31 10:00', ''], null],
  ]),

  'yes and no': {
    field: 'is_test',
    spec: 'a',
    rows: [
      ['да', 'true'],
      ['Y', 'true'],
      ['0', 'false'],
      ['нет', 'false'],
      ['', 'false'],
      ['perhaps', { bad: reasons.boolean }],
    ],
  },
};

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
  const quote = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
  const sources = Object.values(cases).map(({ field, spec, rows, more = '' }, i) => {
    const other = 'Имя "x"; \'y\'';
    const lines = rows.map(([given], n) => {
      const [a, b] = [given].flat();
      return [`r${n}`, a, b, a].map((cell) => quote(cell ?? '')).join(',');
    });
    bench.write(`case_${i}.csv`, `id,a,b,${quote(other)}\n${lines.join('\n')}\n`);
    const [ofSource, ofStream] = more.startsWith('timezone') ? [more, ''] : ['', more];
    return `  case_${i}:
    kind: files
    path: case_${i}.csv
    ${ofSource}
    streams:
      - { entity: deals, key: id, ${ofStream} fields: { ${field}: ${JSON.stringify(spec)} } }
`;
  });
  const runs = await bench.load(sources.join(''));
  expect(runs.filter(({ status }) => status !== 'succeeded')).toEqual([]);
});
afterAll(() => bench.database.drop());

test.each(Object.entries(cases).map(([name, each], i) => [name, i, each] as const))(
  '%s',
  async (_, i, { field, rows }) => {
    const taken = await bench.rows<{ id: string; v: string | null }>(
      `select source_id as id, ${field === 'amount' ? 'trim_scale(amount)' : field}::text as v from core.fct_deals where source = 'case_${i}'`,
    );
    const held = await bench.rows<{ id: string; field: string; reason: string }>(
      `select row ->> 'id' as id, field, reason from ops.quarantine where source = 'case_${i}'`,
    );
    const found = rows.map(([given], n) => {
      const bad = held.find(({ id }) => id === `r${n}`);
      if (bad) return [given, { bad: bad.reason, field: bad.field }];
      return [given, taken.find(({ id }) => id === `r${n}`)?.v];
    });
    expect(found).toEqual(
      rows.map(([given, expected]) => [
        given,
        expected !== null && typeof expected === 'object' ? { ...expected, field } : expected,
      ]),
    );
  },
);

test('every word of the language stands in this table', async () => {
  const { ownWords } = await import('../../../etl/config-fields.ts');
  const used = new Set(
    Object.values(cases).flatMap(({ spec }) => (typeof spec === 'string' ? ['from'] : Object.keys(spec))),
  );
  expect(ownWords.filter((word) => !used.has(word) && word !== 'trim')).toEqual([]);
});

test('a pattern that is none is told before anything is loaded', async () => {
  await expect(
    bench.load(`  x:
    kind: files
    path: case_0.csv
    streams:
      - { entity: deals, key: id, fields: { title: { from: a, extract: '(' } } }
`),
  ).rejects.toThrow('regular expression');
});
