import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { SourceError, type BulkFile, type LandedRow } from './connector.ts';
import { watchQuotes } from './regular.ts';
import { detectEncoding, readBytes, readText } from './text.ts';

export type CsvOptions = {
  encoding?: string | undefined;
  delimiter?: string | undefined;
  quote?: string | undefined;
  columns?: string[] | undefined;
  skip_rows?: number | undefined;
  skip_lines?: string | undefined;
};

export type Dialect = { encoding: string; delimiter: string };

const delimiters = [',', ';', '\t', '|'];
const longestRow = 8 << 20;

/** Finds encoding and delimiter, and the header with them. */
export async function inspectCsv(file: string, options: CsvOptions): Promise<Dialect & { header: string[] }> {
  const encoding = options.encoding ?? (await detectEncoding(file));
  const sample = await readSample(file, encoding);
  if (sample === '' && !options.columns)
    throw new SourceError(`${basename(file)} is empty: expected a header line`);
  const delimiter = options.delimiter ?? guessDelimiter(sample, options.skip_rows ?? 0);
  if (options.columns) return { encoding, delimiter, header: options.columns };
  for await (const { record } of parseRecords(Readable.from([sample]), delimiter, options)) {
    return { encoding, delimiter, header: record.map((cell, i) => cell.trim() || `column_${i + 1}`) };
  }
  throw new SourceError(`${basename(file)} has no header line`);
}

/** The data rows of a file whose header is known. A row of another width is given with a problem. */
export async function* readCsv(
  file: string,
  dialect: Dialect,
  header: string[],
  options: CsvOptions,
): AsyncGenerator<LandedRow> {
  const name = basename(file);
  let skipHeader = options.columns === undefined;
  const skipped = options.skip_lines ? new RegExp(options.skip_lines) : null;
  const text = Readable.from(readText(file, dialect.encoding), { objectMode: true });
  for await (const { record, line } of parseRecords(text, dialect.delimiter, options)) {
    if (skipHeader) {
      skipHeader = false;
      continue;
    }
    if (record.length === 1 && record[0] === '' && header.length > 1) continue;
    if (skipped?.test(record.join(dialect.delimiter))) continue;
    const row: LandedRow = { position: `${name}:${line}`, values: header.map((_, i) => record[i] ?? null) };
    if (record.length > header.length) {
      const extra = record.slice(header.length);
      if (extra.some((cell) => cell !== '')) {
        row.problem = `the row has ${record.length} cells, the header ${header.length}`;
        row.values[header.length - 1] = [row.values[header.length - 1], ...extra].join(dialect.delimiter);
      }
    } else if (record.length < header.length) {
      row.problem = `the row has ${record.length} cells, the header ${header.length}`;
    }
    yield row;
  }
}

/** The file for PostgreSQL's own reader: one header line on top, one byte for delimiter and quote, no name twice. */
export function toBulk(
  file: string,
  dialect: Dialect,
  header: string[],
  options: CsvOptions,
): BulkFile | undefined {
  const quote = options.quote ?? '"';
  const isPlain = /^[\x20-\x7e\t]$/.test(dialect.delimiter) && /^[\x21-\x7e]$/.test(quote);
  if (
    options.columns ||
    options.skip_rows ||
    options.skip_lines ||
    !isPlain ||
    new Set(header).size < header.length
  )
    return undefined;
  return {
    name: basename(file),
    delimiter: dialect.delimiter,
    quote,
    columns: header,
    open: () => {
      const bytes =
        dialect.encoding === 'utf-8' ? readBytes(file) : Readable.from(encodeText(file, dialect.encoding));
      const watched = watchQuotes(dialect.delimiter, quote);
      bytes.on('error', (error) => watched.destroy(error));
      return bytes.pipe(watched);
    },
  };
}

async function* encodeText(file: string, encoding: string): AsyncGenerator<Buffer> {
  for await (const text of readText(file, encoding)) yield Buffer.from(text);
}

type Parsed = { record: string[]; line: number };

async function* parseRecords(text: Readable, delimiter: string, options: CsvOptions): AsyncGenerator<Parsed> {
  const parser = parse({
    delimiter,
    quote: options.quote ?? '"',
    from_line: (options.skip_rows ?? 0) + 1,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    info: true,
  });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  let last = options.skip_rows ?? 0;
  for await (const item of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
    yield { record: item.record, line: last + 1 };
    last = item.info.lines;
  }
}

async function readSample(file: string, encoding: string): Promise<string> {
  let sample = '';
  for await (const text of readText(file, encoding)) {
    sample += text;
    if (sample.length > 1 << 16) break;
  }
  const end = sample.length > 1 << 16 ? sample.lastIndexOf('\n', 1 << 16) : -1;
  return end > 0 ? sample.slice(0, end + 1) : sample;
}

/** The delimiter that stands most evenly, and most often, in the first lines outside quotes. */
function guessDelimiter(sample: string, skip: number): string {
  const lines = sample
    .split(/\r?\n/)
    .slice(skip, skip + 20)
    .filter((line) => line.trim());
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of delimiters) {
    const counts = lines.map((line) => line.replace(/"[^"]*"/g, '').split(delimiter).length - 1);
    const first = counts[0] ?? 0;
    if (!first) continue;
    const score = counts.filter((count) => count === first).length * 100 + Math.min(first, 50);
    if (score > best.score) best = { delimiter, score };
  }
  return best.delimiter;
}
