import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { Locale } from '../../page.ts';
import { m } from '../../paraglide/messages.js';
import type { Fact } from './frame.ts';
import type { Sheet } from './sheet.ts';
import { contentTypes, packageRels, styles, workbook, workbookRels } from './xlsx/parts.ts';
import { sheetNames } from './xlsx/text.ts';
import { writeFacts, writeSheet } from './xlsx/worksheet.ts';

type Book = { sheets: Sheet[]; facts: () => Fact[]; currency: string; locale: Locale };

/**
 * A workbook as it is written, sheet after sheet, row after row: each row goes through the zip and is forgotten. Cells
 * are typed, text is never a formula, the header stays while rows scroll; the last sheet says what the figures are.
 */
export function writeXlsx({ sheets, facts, currency, locale }: Book): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  let current: Readable | null = null;
  const names = sheetNames([...sheets.map(({ title }) => title), m.exports_about({}, { locale })]);
  const parts = [
    ...sheets.map((sheet) => () => writeSheet(sheet)),
    // written last, when it is known how the rows went
    () => writeFacts([...facts(), ...notesOf(sheets)]),
  ];
  zip.addBuffer(Buffer.from(contentTypes(names.length)), '[Content_Types].xml');
  zip.addBuffer(Buffer.from(packageRels), '_rels/.rels');
  zip.addBuffer(Buffer.from(workbook(names)), 'xl/workbook.xml');
  zip.addBuffer(Buffer.from(workbookRels(names.length)), 'xl/_rels/workbook.xml.rels');
  zip.addBuffer(Buffer.from(styles(currency, locale)), 'xl/styles.xml');
  parts.forEach((write, at) => {
    zip.addReadStreamLazy(`xl/worksheets/sheet${at + 1}.xml`, { compress: true }, (done) => {
      current = Readable.from(write());
      current.on('error', (error) => output.destroy(error));
      done(null, current);
    });
  });
  // without its sources ending there would be somebody who still asks for rows that nobody takes
  output.on('close', () => current?.destroy());
  zip.on('error', (error) => output.destroy(error as Error));
  zip.end();
  return output;
}

function notesOf(sheets: Sheet[]): Fact[] {
  return sheets.flatMap(({ title, notes }) => notes().map((note): Fact => [title, note]));
}
