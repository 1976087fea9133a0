import type { CellKind } from '../../../board.ts';
import type { Locale } from '../../../page.ts';
import { escape } from './text.ts';

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const each = (count: number, print: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => print(at + 1)).join('');

export function contentTypes(sheets: number): string {
  return `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>${each(
    sheets,
    (at) => `<Override PartName="/xl/worksheets/sheet${at}.xml" ContentType="${types}.worksheet+xml"/>`,
  )}</Types>`;
}

export const packageRels = `${head}<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

export function workbook(names: string[]): string {
  const sheets = names.map(
    (name, at) => `<sheet name="${escape(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  );
  return `${head}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${sheets.join('')}</sheets></workbook>`;
}

export function workbookRels(sheets: number): string {
  return `${head}<Relationships xmlns="${relations}">${each(
    sheets,
    (at) => `<Relationship Id="rId${at}" Type="${office}/worksheet" Target="worksheets/sheet${at}.xml"/>`,
  )}<Relationship Id="rId${sheets + 1}" Type="${office}/styles" Target="styles.xml"/></Relationships>`;
}

const kinds: CellKind[] = [
  'text',
  'day',
  'month',
  'money',
  'percent',
  'points',
  'change',
  'count',
  'score',
  'days',
  'hours',
  'minutes',
  'seconds',
];

/** 0 is plain and 1 the header; then each kind as it is, and each kind in bold for totals. */
export function styleOf(kind: CellKind, isBold = false): number {
  return 2 + kinds.indexOf(kind) + (isBold ? kinds.length : 0);
}

/** 14 is "a day as the reader's Excel shows it" and 49 "text, whatever it looks like"; 164 and above are ours. */
export function styles(currency: string, locale: Locale): string {
  const sign = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  })
    .formatToParts(0)
    .find(({ type }) => type === 'currency')?.value;
  const money = `#,##0.00 "${sign ?? currency}"`;
  const formats = [money, '0.0%', '+0.0%;-0.0%;0.0%', '#,##0.0'];
  const numbers: Record<CellKind, number> = {
    text: 49,
    day: 14,
    month: 17,
    money: 164,
    percent: 165,
    points: 166,
    change: 166,
    count: 3,
    score: 167,
    days: 167,
    hours: 167,
    minutes: 167,
    seconds: 167,
  };
  const cell = (kind: CellKind, font: number) =>
    `<xf numFmtId="${numbers[kind]}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"${font ? ' applyFont="1"' : ''}${kind === 'text' ? ' applyAlignment="1"><alignment vertical="top"/></xf>' : '/>'}`;
  const cells = [
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',
    '<xf numFmtId="49" fontId="1" fillId="2" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>',
    ...kinds.map((kind) => cell(kind, 0)),
    ...kinds.map((kind) => cell(kind, 1)),
  ];
  const font = (bold: string) => `<font>${bold}<sz val="11"/><name val="Calibri"/><family val="2"/></font>`;
  const fill = (inner: string) => `<fill><patternFill ${inner}</fill>`;
  return `${head}<styleSheet xmlns="${main}"><numFmts count="${formats.length}">${formats
    .map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${escape(code)}"/>`)
    .join(
      '',
    )}</numFmts><fonts count="2">${font('')}${font('<b/>')}</fonts><fills count="3">${fill('patternType="none"/>')}${fill('patternType="gray125"/>')}${fill('patternType="solid"><fgColor rgb="FFE8EDF4"/></patternFill>')}</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${cells.length}">${cells.join('')}</cellXfs></styleSheet>`;
}
