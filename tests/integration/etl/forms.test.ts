import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toIso } from '../../../etl/date-form.ts';
import { literal } from '../../../etl/sql-text.ts';
import { createDatabase, type Database } from '../../harness/database.ts';

let database: Database;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

/** An expression over `q.t`, which is a column as in a landing: the planner must not see its value. */
async function evaluate(expression: string, text: string): Promise<string | null> {
  const [row] = await database.query<{ v: string | null }>(
    `select (${expression})::text as v from (select ${literal(text)}::text as t offset 0) q`,
  );
  return row?.v ?? null;
}

describe('numbers', () => {
  const cases: [text: string, decimal: string | null, expected: string | null][] = [
    ['12', null, '12'],
    ['-0.5', null, '-0.5'],
    ['1 234,56 ₽', null, '1234.56'],
    ['1\u00a0234\u202f567,8', null, '1234567.8'],
    ['1,234.56', null, '1234.56'],
    ['1.234,56', null, '1234.56'],
    ['1,234,567', null, '1234567'],
    ['1,5', null, '1.5'],
    ['1,234', null, null],
    ['1,234', ',', '1.234'],
    ['1,234', '.', '1234'],
    ['1.234', ',', '1234'],
    ['(12.50)', null, '-12.50'],
    ['−7', null, '-7'],
    ['1e3', null, '1000'],
    ['12 руб.', null, '12'],
    ['$1,000,000.01', null, '1000000.01'],
    ['NaN', null, null],
    ['Infinity', null, null],
    ['12 apples', null, null],
    ['', null, null],
    ['1,2,3', null, null],
    ['9'.repeat(90), null, '9'.repeat(90)],
  ];
  test.each(cases)('%s with %s is %s', async (text, decimal, expected) => {
    const sign = decimal === null ? 'null' : literal(decimal);
    expect(await evaluate(`ops.to_number(q.t, ${sign})`, text)).toBe(expected);
  });
});

describe('times without a declared form', () => {
  const cases: [text: string, zone: string, expected: string | null][] = [
    ['2025-01-31', 'UTC', '2025-01-31 00:00:00+00'],
    ['2025-01-31 10:20', 'Europe/Moscow', '2025-01-31 07:20:00+00'],
    ['2025-01-31T10:20:30.5', 'Asia/Kolkata', '2025-01-31 04:50:30.5+00'],
    ['2025-01-31T10:20:30Z', 'Europe/Moscow', '2025-01-31 10:20:30+00'],
    ['2025-01-31 10:20:30+03', 'UTC', '2025-01-31 07:20:30+00'],
    ['2025-01-31T10:20:30-05:00', 'UTC', '2025-01-31 15:20:30+00'],
    ['31.01.2025 10:20', 'Europe/Moscow', '2025-01-31 07:20:00+00'],
    ['2025-03-09 02:30', 'America/New_York', '2025-03-09 07:30:00+00'],
    ['31.02.2025', 'UTC', null],
    ['2025-13-01', 'UTC', null],
    ['12/13/2025', 'UTC', null],
    ['now', 'UTC', null],
    ['infinity', 'UTC', null],
    ['yesterday', 'UTC', null],
    ['20250131', 'UTC', null],
  ];
  test.each(cases)('%s in %s is %s', async (text, zone, expected) => {
    expect(
      await evaluate(`(ops.to_timestamp(q.t, ${literal(zone)}) at time zone 'UTC')::text || '+00'`, text),
    ).toBe(expected);
  });
});

describe('declared forms', () => {
  const cases: [form: string, text: string, expected: string | null][] = [
    ['dd/MM/yyyy', '03/02/2025', '2025-02-03 00:00:00'],
    ['MM/dd/yyyy', '03/02/2025', '2025-03-02 00:00:00'],
    ['M/d/yyyy HH:mm:ss', '1/9/2017 16:33:01', '2017-01-09 16:33:01'],
    ['dd-MM-yyyy', '01-04-2018', '2018-04-01 00:00:00'],
    ['MMM-yy', 'Apr-18', '2018-04-01 00:00:00'],
    ['d MMMM yyyy', '5 October 2025', '2025-10-05 00:00:00'],
    ["yyyy-MM-dd'T'HH:mm:ssZ", '2025-01-01T00:00:00+03:00', '2024-12-31 21:00:00'],
    ['hh:mm a dd.MM.yy', '01:05 PM 02.03.25', '2025-03-02 13:05:00'],
    ['yyyyMMdd', '20250131', '2025-01-31 00:00:00'],
    ['epoch', '1700000000', '2023-11-14 22:13:20'],
    ['epoch_ms', '1700000000500', '2023-11-14 22:13:20.5'],
    ['dd/MM/yyyy', '31/02/2025', null],
    ['dd/MM/yyyy', '2025-01-31', null],
    ['epoch', 'soon', null],
  ];
  test.each(cases)('%s reads %s as %s', async (form, text, expected) => {
    expect(await evaluate(`ops.to_timestamp(${toIso('q.t', form)}, 'UTC') at time zone 'UTC'`, text)).toBe(
      expected,
    );
  });
});
