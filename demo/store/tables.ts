import { printDay, printLocal, printMoment } from '../company/calendar.ts';
import type { Company } from '../company/types.ts';

/** A table of an operational database; columns are written as SQL declares them. */
export type Table = {
  name: string;
  columns: Record<string, string>;
  /** columns that the system itself looks up by */
  indexes?: string[];
  rows: (company: Company) => Iterable<object>;
};

export function declare(table: Table): string {
  const columns = Object.entries(table.columns).map(([name, type]) => `${name} ${type}`);
  return `create table ${table.name} (${columns.join(', ')})`;
}

export function index(table: Table): string[] {
  return (table.indexes ?? []).map((columns) => `create index on ${table.name} (${columns})`);
}

/** Rows in the text form of COPY, in pieces that are worth a write. */
export function* encode(table: Table, company: Company): Generator<string> {
  const columns = Object.entries(table.columns).map(([name, type]) => [name, writer(type)] as const);
  let piece = '';
  for (const row of table.rows(company)) {
    const record = row as Record<string, unknown>;
    let line = '';
    for (const [name, write] of columns) {
      const value = record[name];
      line += (line === '' ? '' : '\t') + (value === null || value === undefined ? '\\N' : write(value));
    }
    piece += line + '\n';
    if (piece.length > 262_144) {
      yield piece;
      piece = '';
    }
  }
  if (piece !== '') yield piece;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writer(type: string): (value: unknown) => string {
  if (type.startsWith('timestamptz')) return (value) => printMoment(value as number);
  if (type.startsWith('timestamp')) return (value) => printLocal(value as number);
  if (type.startsWith('date')) return (value) => printDay(value as number);
  if (type.startsWith('text'))
    return (value) => String(value).replace(/[\\\n\r\t]/g, (c) => ESCAPES[c] as string);
  return String;
}
