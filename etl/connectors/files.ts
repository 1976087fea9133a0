import { basename, extname } from 'node:path';
import { Readable } from 'node:stream';
import { createInterface } from 'node:readline';
import { readSheet } from 'read-excel-file/node';
import type { FilesSource } from '../config.ts';
import { SourceError, type BulkFile, type LandedRow, type Landing, type Request } from './connector.ts';
import { inspectCsv, readCsv, toBulk, type CsvOptions } from './csv.ts';
import { matchFiles } from './file-list.ts';
import { pick, toText, toValues } from './json.ts';
import { detectEncoding, readText } from './text.ts';

type FilesStream = FilesSource['streams'][number];
type Options = CsvOptions & { sheet?: string | undefined; records?: string | undefined };

/** Reads CSV, TSV, XLSX, JSON and JSON Lines files, plain or gzipped, as one stream of rows. */
export async function readFiles(
  source: FilesSource,
  stream: FilesStream,
  request: Request,
): Promise<Landing> {
  const { files, pattern } = matchFiles(source.path, stream.from, request.configPath);
  if (!files.length) throw new SourceError(`no file at ${pattern}`);
  const options: Options = {
    ...source,
    ...Object.fromEntries(Object.entries(stream).filter(([, v]) => v !== undefined)),
  };
  const tables = [];
  for (const file of files) tables.push(await openTable(file, options, request.wanted));
  const columns = [...new Set(tables.flatMap((table) => table.header))];
  for (const column of request.wanted) {
    for (const table of tables) {
      if (table.header.includes(column)) continue;
      throw new SourceError(
        `${basename(table.file)} has no column «${column}»; it has ${table.header.join(', ')}`,
      );
    }
  }
  const bulk = tables.flatMap((table) => table.bulk ?? []);
  return {
    columns,
    ...(bulk.length === tables.length && { bulk }),
    detected: Object.fromEntries(tables.map((table) => [basename(table.file), table.detected])),
    rows: (async function* () {
      for (const table of tables) {
        const order = columns.map((column) => table.header.indexOf(column));
        const isSame = order.every((from, to) => from === to);
        for await (const row of table.rows()) {
          yield isSame ? row : { ...row, values: order.map((from) => row.values[from] ?? null) };
        }
      }
    })(),
  };
}

type Table = {
  file: string;
  header: string[];
  detected: Record<string, unknown>;
  rows: () => AsyncIterable<LandedRow>;
  bulk?: BulkFile;
};

async function openTable(file: string, options: Options, wanted: string[]): Promise<Table> {
  const kind = extname(file.replace(/\.gz$/i, '')).toLowerCase();
  if (kind === '.xlsx') return openWorkbook(file, options);
  if (kind === '.json' || kind === '.jsonl' || kind === '.ndjson')
    return openJson(file, options, wanted, kind);
  const { header, ...dialect } = await inspectCsv(file, options);
  const bulk = toBulk(file, dialect, header, options);
  return {
    file,
    header,
    detected: dialect,
    rows: () => readCsv(file, dialect, header, options),
    ...(bulk && { bulk }),
  };
}

async function openWorkbook(file: string, options: Options): Promise<Table> {
  const rows = await readSheet(file, options.sheet ?? 1);
  const skip = options.skip_rows ?? 0;
  const header = options.columns ?? rows[skip]?.map((cell) => toText(cell)?.trim() ?? '') ?? [];
  const first = options.columns ? skip : skip + 1;
  return {
    file,
    header,
    detected: { sheet: options.sheet ?? 1 },
    rows: async function* () {
      for (let i = first; i < rows.length; i++) {
        const values = header.map((_, column) => cellText(rows[i]?.[column]));
        if (values.some((value) => value !== null)) yield { position: `${basename(file)}:${i + 1}`, values };
      }
    },
  };
}

/** A date cell is a wall-clock time without a zone; the workbook reader gives it as UTC. */
function cellText(cell: unknown): string | null {
  if (!(cell instanceof Date)) return toText(cell);
  return cell.toISOString().replace('T00:00:00.000Z', '').replace('Z', '');
}

async function openJson(file: string, options: Options, wanted: string[], kind: string): Promise<Table> {
  const encoding = options.encoding ?? (await detectEncoding(file));
  const name = basename(file);
  const lines = async function* (): AsyncGenerator<LandedRow> {
    let number = 0;
    for await (const line of createInterface({ input: Readable.from(readText(file, encoding)) })) {
      number++;
      if (!line.trim()) continue;
      const position = `${name}:${number}`;
      const row = parseJson(line);
      if (row === undefined)
        yield { position, values: wanted.map(() => null), problem: `not JSON: ${line.slice(0, 80)}` };
      else yield { position, values: toValues(row, wanted), raw: line };
    }
  };
  const document = async function* (): AsyncGenerator<LandedRow> {
    let text = '';
    for await (const part of readText(file, encoding)) text += part;
    const rows = pick(parseJson(text), options.records ?? '$');
    if (!Array.isArray(rows))
      throw new SourceError(`${name} has no list of rows at ${options.records ?? '$'}`);
    for (const [i, row] of rows.entries()) {
      yield { position: `${name}[${i}]`, values: toValues(row, wanted), raw: JSON.stringify(row) };
    }
  };
  return { file, header: wanted, detected: { encoding }, rows: kind === '.json' ? document : lines };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
