import { basename } from 'node:path';
import { createReadStream } from 'node:fs';
import { createInflateRaw } from 'node:zlib';
import { readSheet } from 'read-excel-file/node';
import { SourceError } from './connector.ts';
import type { Options, Table } from './files.ts';
import { toText } from './json.ts';
import { compare, explainFile, type Snapshot } from './snapshot.ts';
import { bombMessage } from './text.ts';
import { readEntries } from './zip.ts';

/** A sheet is taken apart in memory, at several times its size. */
const mostUnpacked = 256 << 20;

/** The rows of one sheet of an XLSX workbook. */
export async function openWorkbook(snapshot: Snapshot, options: Options): Promise<Table> {
  const { file } = snapshot;
  const name = basename(file);
  await weigh(snapshot);
  const rows = await readSheet(file, options.sheet ?? 1).catch((error: Error) => {
    const what = /sheet/i.test(error.message)
      ? error.message
      : 'is it still being written, or password protected?';
    throw new SourceError(`${name} cannot be read as a workbook: ${what}`);
  });
  if ((await compare(snapshot)) === 'grew')
    throw new SourceError(`${name} is still being written; the next run tries again`);
  const skip = options.skip_rows ?? 0;
  const header = options.columns ?? rows[skip]?.map((cell) => toText(cell)?.trim() ?? '') ?? [];
  if (!header.length) throw new SourceError(`${name} has no header line`);
  const first = options.columns ? skip : skip + 1;
  return {
    file,
    header,
    detected: { sheet: options.sheet ?? 1 },
    rows: async function* () {
      for (let i = first; i < rows.length; i++) {
        const values = header.map((_, column) => cellText(rows[i]?.[column]));
        if (values.some((value) => value !== null)) yield { position: `${name}:${i + 1}`, values };
      }
    },
  };
}

/** A date cell is a wall-clock time without a zone; the workbook reader gives it as UTC. */
function cellText(cell: unknown): string | null {
  if (!(cell instanceof Date)) return toText(cell);
  return cell.toISOString().replace('T00:00:00.000Z', '').replace('Z', '');
}

/** Unpacks a workbook once without keeping anything, because what it says of its own size may be a lie. */
async function weigh({ file, size }: Snapshot): Promise<void> {
  const name = basename(file);
  let got = 0;
  try {
    for (const { start, packed, isStored } of await readEntries(file, size)) {
      if (isStored || !packed) {
        got += packed;
        continue;
      }
      const bytes = createReadStream(file, { start, end: start + packed - 1 });
      const unpacked = createInflateRaw();
      bytes.on('error', (error) => unpacked.destroy(error));
      for await (const part of bytes.pipe(unpacked) as AsyncIterable<Buffer>) {
        got += part.length;
        if (got > 16 << 20 && got > size * 300) throw new SourceError(bombMessage(file));
        if (got > mostUnpacked)
          throw new SourceError(
            `${name} unpacks to more than ${mostUnpacked >> 20} MB, too much for a workbook: save it as CSV`,
          );
      }
    }
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('Z_'))
      throw new SourceError(`${name} cannot be read as a workbook: is it still being written?`);
    throw explainFile(error, file);
  }
}
