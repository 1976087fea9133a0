import { parse } from 'csv-parse/sync';
import { readSheet } from 'read-excel-file/node';

/** Cells as people see them; null where it is no table at all. */
export type Table = string[][];

/** What was pasted: Excel puts tabs between cells; a file saved from it has semicolons or commas. */
export function readText(text: string): Table | null {
  const first = text.split(/\r?\n/, 20).join('\n');
  const count = (delimiter: string) => first.split(delimiter).length;
  const [delimiter] = ['\t', ';', ','].sort((a, b) => count(b) - count(a));
  try {
    return parse(text, {
      bom: true,
      delimiter: count('\t') > 1 ? '\t' : (delimiter ?? '\t'),
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: false,
    });
  } catch {
    return null;
  }
}

/** A file by what it holds, not by its name. */
export async function readFile(bytes: Buffer): Promise<Table | null> {
  if (bytes.subarray(0, 2).toString('latin1') !== 'PK') return readText(decode(bytes));
  try {
    const rows = await readSheet(bytes, 1);
    return rows.map((cells) => cells.map(textOf));
  } catch {
    return null;
  }
}

/** Excel saves CSV in the encoding of its country; what is no UTF-8 is the Russian one. */
function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}

function textOf(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
}
