import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import iconv from 'iconv-lite';

export type Dialect = {
  delimiter: string;
  decimal: '.' | ',';
  encoding: 'utf8' | 'windows-1251' | 'utf8-bom';
};
export type Cell = string | number | null;

/** One exporting program's idea of CSV. */
export function writeCsv(header: string[], rows: Iterable<Cell[]>, dialect: Dialect): Buffer {
  const { delimiter, decimal } = dialect;
  const quote = (text: string): string =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const print = (cell: Cell): string => {
    if (cell === null) return '';
    if (typeof cell === 'string') return quote(cell);
    return Number.isInteger(cell) ? String(cell) : quote(cell.toFixed(2).replace('.', decimal));
  };
  const end = dialect.encoding === 'utf8' ? '\n' : '\r\n';
  const lines = [header.map(quote).join(delimiter)];
  for (const row of rows) lines.push(row.map(print).join(delimiter));
  const text = lines.join(end) + end;
  if (dialect.encoding === 'windows-1251') return iconv.encode(text, 'windows-1251');
  return Buffer.from(dialect.encoding === 'utf8-bom' ? `\uFEFF${text}` : text);
}

/** Puts a whole file in place or none. A file that would not change keeps its time. */
export async function place(path: string, content: Buffer | string): Promise<void> {
  const bytes = Buffer.from(content);
  const old = await readFile(path).catch(() => null);
  if (old !== null && old.equals(bytes)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.tmp`, bytes);
  await rename(`${path}.tmp`, path);
}

/** Removes what an earlier company left in folders that belong to the demo. */
export async function sweep(folder: string, keep: Set<string>): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !keep.has(path)) await rm(path);
  }
}
