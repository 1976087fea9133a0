import type { CellKind } from '../../board.ts';
import type { Locale } from '../../page.ts';
import { typed, type Line, type Sheet, type Value } from './sheet.ts';

const chunk = 64 * 1024;

/**
 * What opens right by a double click: UTF-8 with a mark; in Russian semicolons and decimal commas, as Excel of that
 * language expects (a point would make `1.5` the first of May), else RFC 4180. Figures are whole, without units;
 * shares are fractions; days are `YYYY-MM-DD`. Only the header and the rows: a total would be summed again.
 */
export async function* writeCsv({ columns, rows }: Sheet, locale: Locale): AsyncGenerator<Buffer> {
  const dialect = locale === 'ru' ? { separator: ';', point: ',' } : { separator: ',', point: '.' };
  const print = (line: Line, kinds: CellKind[]) =>
    `${line
      .map((cell, at) => {
        const { value, kind } = typed(cell, kinds[at] ?? 'text');
        return printCell(value, kind, dialect);
      })
      .join(dialect.separator)}\r\n`;
  const kinds = columns.map(({ kind }) => kind);
  let text = `\ufeff${print(
    columns.map(({ title }) => title),
    columns.map(() => 'text'),
  )}`;
  for await (const line of rows) {
    text += print(line, kinds);
    if (text.length < chunk) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}

type Dialect = { separator: string; point: string };

export function printCell(value: Value, kind: CellKind, { separator, point }: Dialect): string {
  if (value === null) return '';
  if (typeof value === 'number' && kind !== 'text')
    return Number.isFinite(value) ? String(value).replace('.', point) : '';
  const text = neutralise(String(value).toWellFormed());
  return text.includes(separator) || /["\r\n\t;,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * A spreadsheet takes text that begins so for a formula, some of them after blanks and in full-width signs too; an
 * apostrophe makes it text. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function neutralise(text: string): string {
  return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(text) ? `'${text}` : text;
}
