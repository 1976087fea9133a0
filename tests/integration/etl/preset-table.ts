import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { Database } from '../../harness/database.ts';

/**
 * Puts a CSV file into a table as another tool would have: typed by its values, with or without a header.
 * @returns the address of the database with the table's schema on its search path
 */
export async function landTable(
  database: Database,
  table: string,
  file: string,
  options: { schema?: string; columns?: string[]; types?: Record<string, string> } = {},
): Promise<string> {
  const { schema = 'landed' } = options;
  const records = parse(readFileSync(file), {
    bom: true,
    relax_quotes: true,
    relax_column_count: true,
  }) as string[][];
  const columns = options.columns ?? (records.shift() as string[]);
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const types = columns.map(
    (name, i) => options.types?.[name] ?? typeOf(records.map((record) => record[i] ?? '')),
  );
  await database.query(`create schema if not exists ${quoted(schema)}`);
  await database.query(
    `create table ${quoted(schema)}.${quoted(table)} (${columns.map((name, i) => `${quoted(name)} ${types[i]}`).join(', ')})`,
  );
  for (const record of records) {
    const values = columns.map((_, i) => record[i] || null);
    await database.query(
      `insert into ${quoted(schema)}.${quoted(table)} values (${values.map((_, i) => `$${i + 1}`).join(', ')})`,
      values,
    );
  }
  const url = new URL(database.url);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return url.href;
}

function typeOf(values: string[]): string {
  const filled = values.filter((value) => value !== '');
  const all = (pattern: RegExp): boolean => filled.length > 0 && filled.every((value) => pattern.test(value));
  if (all(/^(true|false)$/i)) return 'boolean';
  if (all(/^-?\d+$/)) return filled.some((value) => value.length > 18) ? 'numeric' : 'bigint';
  if (all(/^-?\d+\.\d+$|^-?\d+$/)) return 'numeric';
  if (all(/^\d{4}-\d\d-\d\d$/)) return 'date';
  if (all(/^\d{4}-\d\d-\d\d[ T]\d{1,2}:\d\d(:\d\d(\.\d+)?)?$/)) return 'timestamp';
  return 'text';
}
