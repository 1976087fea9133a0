import type { CellKind } from '../../../board.ts';
import type { Fact } from '../frame.ts';
import { typed, type Line, type Sheet } from '../sheet.ts';
import { styleOf } from './parts.ts';
import { escape } from './text.ts';

const head =
  '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">';
const frozen =
  '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>';
const chunk = 64 * 1024;
/** rows that a sheet can hold */
const most = 1_048_576;

/** More rows than Excel takes: whoever needs them all takes CSV. */
export class TooLong extends Error {
  override name = 'TooLong';
}

export async function* writeSheet({ columns, rows, total }: Sheet): AsyncGenerator<Buffer> {
  const kinds = columns.map(({ kind }) => kind);
  const titles = columns.map(({ title }, at) => printText(title, 0, at, 1)).join('');
  let text = `${head}${frozen}${widths(columns.map(({ title, kind }) => widthOf(title, kind)))}<sheetData><row r="1">${titles}</row>`;
  let count = 1;
  for await (const line of rows) {
    if (count >= most - 1) throw new TooLong('A sheet has no room for so many rows');
    text += printLine(line, count++, kinds, false);
    if (text.length < chunk) continue;
    yield Buffer.from(text);
    text = '';
  }
  const filtered = `A1:${nameOf(columns.length - 1)}${count}`;
  if (total) text += printLine(total, count, kinds, true);
  yield Buffer.from(`${text}</sheetData><autoFilter ref="${filtered}"/></worksheet>`);
}

/** Two columns: what is said, and what it is. */
export function* writeFacts(facts: Fact[]): Generator<Buffer> {
  const rows = facts.map(
    ([title, text], at) =>
      `<row r="${at + 1}">${printText(title, at, 0, styleOf('text', true))}${printText(text, at, 1, styleOf('text'))}</row>`,
  );
  yield Buffer.from(`${head}${widths([32, 80])}<sheetData>${rows.join('')}</sheetData></worksheet>`);
}

function printLine(line: Line, row: number, kinds: CellKind[], isBold: boolean): string {
  let cells = '';
  for (let at = 0; at < line.length; at++) {
    const { value, kind } = typed(line[at] ?? null, kinds[at] ?? 'text');
    if (value === null || value === '') continue;
    const serial = kind === 'day' || kind === 'month' ? serialOf(String(value)) : null;
    const number = serial ?? (typeof value === 'number' && kind !== 'text' ? value : null);
    if (number === null) cells += printText(String(value), row, at, styleOf('text', isBold));
    else if (Number.isFinite(number))
      cells += `<c r="${nameOf(at)}${row + 1}" s="${styleOf(kind, isBold)}"><v>${number}</v></c>`;
  }
  return `<row r="${row + 1}">${cells}</row>`;
}

/** Text stands in its cell: a list of all texts, as Excel writes it, would have to be kept to the end. */
function printText(text: string, row: number, column: number, style: number): string {
  return `<c r="${nameOf(column)}${row + 1}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`;
}

/** Days since the eve of 1900 as Excel counts them; null for what is no day or before its time. */
function serialOf(iso: string): number | null {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(iso) ? Date.parse(`${iso}T00:00:00Z`) : NaN;
  const serial = Math.round(at / 86_400_000) + 25_569;
  return serial > 60 ? serial : null;
}

/** A, B, … Z, AA, … */
function nameOf(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? nameOf(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

function widths(all: number[]): string {
  const each = all.map(
    (width, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
  );
  return `<cols>${each.join('')}</cols>`;
}

function widthOf(title: string, kind: CellKind): number {
  const least = kind === 'text' ? 28 : kind === 'money' ? 18 : 13;
  return Math.min(40, Math.max(least, title.length + 3));
}
