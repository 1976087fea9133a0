import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { SourceError, type BulkFile, type LandedRow } from './connector.ts';
import { readRecords } from './csv-records.ts';
import { Irregular, watchQuotes } from './regular.ts';
import { faults, note, repairs, type Rules } from './rules.ts';
import { compare, explainFile, isUnfinished, type Snapshot } from './snapshot.ts';
import { detectEncoding, isPacked, readBytes, readText, type Damage } from './text.ts';

export type CsvOptions = {
  encoding?: string | undefined;
  delimiter?: string | undefined;
  quote?: string | undefined;
  columns?: string[] | undefined;
  skip_rows?: number | undefined;
  skip_lines?: string | undefined;
};

export type Dialect = { encoding: string; delimiter: string };

/** What reading a file brings to light besides its rows. */
export type Findings = {
  rules: Rules;
  /** something of the source was not read: what is missing may still be there */
  isPartial: boolean;
};

const delimiters = [',', ';', '\t', '|'];
const sampled = 1 << 16;
const longestHeader = 4 << 20;

/** Finds encoding and delimiter, and the header with them. */
export async function inspectCsv(
  snapshot: Snapshot,
  options: CsvOptions,
): Promise<Dialect & { header: string[] }> {
  const name = basename(snapshot.file);
  const encoding = options.encoding ?? (await detectEncoding(snapshot));
  const sample = await readSample(snapshot, encoding);
  if (sample === '' && !options.columns) throw new SourceError(`${name} is empty: expected a header line`);
  const delimiter = options.delimiter ?? guessDelimiter(sample, options.skip_rows ?? 0);
  if (options.columns) return { encoding, delimiter, header: options.columns };
  const form = { delimiter, quote: options.quote ?? '"', rules: {} };
  for await (const { cells } of readRecords(skipLines([sample], options.skip_rows ?? 0), form))
    return { encoding, delimiter, header: cells.map((cell, i) => cell.trim() || `column_${i + 1}`) };
  throw new SourceError(`${name} has no header line`);
}

/** The data rows of a file whose header is known. A row that is broken is given with a problem. */
export async function* readCsv(
  snapshot: Snapshot,
  dialect: Dialect,
  header: string[],
  options: CsvOptions,
  findings: Findings = { rules: {}, isPartial: false },
): AsyncGenerator<LandedRow> {
  const name = basename(snapshot.file);
  const { rules } = findings;
  const above = options.skip_rows ?? 0;
  const skipped = options.skip_lines ? new RegExp(options.skip_lines) : null;
  const damage: Damage = { isDamaged: false, rules };
  const text = skipLines(readText(snapshot, dialect.encoding, damage), above);
  const form = { delimiter: dialect.delimiter, quote: options.quote ?? '"', rules };
  let heading = options.columns === undefined ? null : '';
  for await (const { cells, line, problem, isOpen } of readRecords(text, form)) {
    if (heading === null) {
      heading = cells.join(dialect.delimiter);
      continue;
    }
    if (cells.length === header.length && heading !== '' && cells.join(dialect.delimiter) === heading) {
      note(rules, repairs.header);
      continue;
    }
    if (skipped?.test(cells.join(dialect.delimiter))) continue;
    if (isOpen && !isPacked(snapshot.file) && (await isUnfinished(snapshot))) {
      note(rules, repairs.unfinished);
      break;
    }
    const row: LandedRow = {
      position: `${name}:${line + above}`,
      values: header.map((_, i) => cells[i] ?? null),
    };
    const extra = cells.slice(header.length);
    if (extra.some((cell) => cell !== ''))
      row.values[header.length - 1] = [row.values[header.length - 1], ...extra].join(dialect.delimiter);
    if (problem !== undefined) row.problem = problem;
    else if (damage.isDamaged && cells.some((cell) => cell.includes('\ufffd')))
      row.problem = faults.bytes(dialect.encoding);
    else if (cells.length < header.length || extra.some((cell) => cell !== ''))
      row.problem = faults.width(cells.length, header.length);
    yield row;
  }
  await look(snapshot, findings);
}

/** Notes that a file has grown since its reading began. */
export async function look(snapshot: Snapshot, findings: Findings): Promise<void> {
  if ((await compare(snapshot)) === 'same') return;
  if (isPacked(snapshot.file))
    throw new SourceError(
      `${basename(snapshot.file)} is still being written: nothing of it was kept, the next run tries again`,
    );
  findings.isPartial = true;
  findings.rules[repairs.grew] = 1;
}

/** The file for PostgreSQL's own reader: one header line on top, one byte for delimiter and quote, no name twice. */
export function toBulk(
  snapshot: Snapshot,
  dialect: Dialect,
  header: string[],
  options: CsvOptions,
  findings: Findings,
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
    name: basename(snapshot.file),
    delimiter: dialect.delimiter,
    quote,
    columns: header,
    open: () => {
      const bytes =
        dialect.encoding === 'utf-8'
          ? readBytes(snapshot)
          : Readable.from(encodeText(snapshot, dialect.encoding));
      const watched = watchQuotes(dialect.delimiter, quote, async (endsLine) => {
        if (!endsLine && !isPacked(snapshot.file) && (await isUnfinished(snapshot)))
          throw new Irregular('the last line is not finished');
        await look(snapshot, findings);
      });
      bytes.on('error', (error) => watched.destroy(explainFile(error, snapshot.file)));
      watched.on('close', () => bytes.destroy());
      return bytes.pipe(watched);
    },
  };
}

async function* encodeText(snapshot: Snapshot, encoding: string): AsyncGenerator<Buffer> {
  const damage: Damage = { isDamaged: false, rules: {} };
  for await (const text of readText(snapshot, encoding, damage)) {
    if (damage.isDamaged || Object.keys(damage.rules).length)
      throw new Irregular('bytes that the encoding does not have');
    yield Buffer.from(text);
  }
  if (damage.isDamaged) throw new Irregular('bytes that the encoding does not have');
}

/** The text below so many lines. */
async function* skipLines(text: AsyncIterable<string> | string[], count: number): AsyncGenerator<string> {
  let left = count;
  for await (let part of text) {
    while (left > 0 && part) {
      const end = part.indexOf('\n');
      if (end >= 0) left--;
      part = end < 0 ? '' : part.slice(end + 1);
    }
    if (part) yield part;
  }
}

async function readSample(snapshot: Snapshot, encoding: string): Promise<string> {
  let sample = '';
  for await (const text of readText(snapshot, encoding)) {
    sample += text;
    if (sample.length > sampled && (sample.includes('\n') || sample.length > longestHeader)) break;
  }
  if (sample.length <= sampled) return sample;
  const end = sample.lastIndexOf('\n', sampled);
  return sample.slice(0, (end > 0 ? end : sample.indexOf('\n')) + 1) || sample.slice(0, longestHeader);
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
