import { basename, extname } from 'node:path';
import type { FilesSource } from '../config.ts';
import { SourceError, type BulkFile, type LandedRow, type Request } from './connector.ts';
import { inspectCsv, look, readCsv, toBulk, type CsvOptions, type Findings } from './csv.ts';
import { matchFiles } from './file-list.ts';
import { pick, toValues } from './json.ts';
import { isDeep, readJsonLines, readJsonList, type JsonText } from './json-text.ts';
import type { ScopedLanding } from './remote/scope.ts';
import { parseExactly, writeExactly } from './rest/exact.ts';
import { faults, note, repairs } from './rules.ts';
import { openSnapshot, type Snapshot } from './snapshot.ts';
import { detectEncoding, readText } from './text.ts';

type FilesStream = FilesSource['streams'][number];
export type Options = CsvOptions & { sheet?: string | undefined; records?: string | undefined };

/** PostgreSQL takes 1600 columns, and far fewer where each is filled: a wider table lands only what is mapped. */
const mostColumns = 300;
const largestDocument = 256 << 20;

/** Reads CSV, TSV, XLSX, JSON and JSON Lines files, plain or gzipped, as one stream of rows. */
export async function readFiles(
  source: FilesSource,
  stream: FilesStream,
  request: Request,
): Promise<ScopedLanding> {
  const { files, pattern } = matchFiles(source.path, stream.from, request.configPath);
  if (!files.length) throw new SourceError(`no file at ${pattern}`);
  const options: Options = {
    ...source,
    ...Object.fromEntries(Object.entries(stream).filter(([, v]) => v !== undefined)),
  };
  const findings: Findings = { rules: {}, isPartial: false };
  const tables: Table[] = [];
  for (const file of files) {
    const snapshot = openSnapshot(file);
    if (snapshot.size || files.length === 1) {
      tables.push(await openTable(snapshot, options, request.wanted, findings));
    } else {
      note(findings.rules, repairs.empty);
      findings.isPartial = true;
    }
  }
  if (!tables.length) throw new SourceError(`all files at ${pattern} are empty: expected a header line`);
  const found = [...new Set(tables.flatMap((table) => table.header))];
  for (const column of request.wanted) {
    for (const table of tables) {
      if (table.header.includes(column)) continue;
      throw new SourceError(
        `${basename(table.file)} has no column «${column}»; it has ${listColumns(table.header)}`,
      );
    }
  }
  const isWide = found.length > mostColumns && request.wanted.length > 0;
  const columns = isWide ? request.wanted : found;
  const bulk = isWide ? [] : tables.flatMap((table) => table.bulk ?? []);
  return {
    columns,
    ...(bulk.length === tables.length && { bulk }),
    detected: {
      ...Object.fromEntries(tables.map((table) => [basename(table.file), table.detected])),
      rules: findings.rules,
    },
    // Told after the last row: what a file was like shows while it is read.
    get isFull() {
      return findings.isPartial ? false : undefined;
    },
    rows: (async function* () {
      for (const table of tables) {
        const order = columns.map((column) => table.header.indexOf(column));
        const isSame = !isWide && order.every((from, to) => from === to);
        for await (const row of table.rows()) {
          if (isSame) yield row;
          else
            yield {
              ...row,
              values: order.map((from) => row.values[from] ?? null),
              ...(isWide && row.raw === undefined && { raw: toObject(table.header, row.values) }),
            };
        }
      }
    })(),
  };
}

export type Table = {
  file: string;
  header: string[];
  detected: Record<string, unknown>;
  rows: () => AsyncIterable<LandedRow>;
  bulk?: BulkFile;
};

const listColumns = (header: string[]): string =>
  header.length > 60 ? `${header.slice(0, 60).join(', ')} and ${header.length - 60} more` : header.join(', ');

const toObject = (header: string[], values: (string | null)[]): string =>
  JSON.stringify(Object.fromEntries(header.map((name, i) => [name, values[i]])));

async function openTable(
  snapshot: Snapshot,
  options: Options,
  wanted: string[],
  findings: Findings,
): Promise<Table> {
  const { file } = snapshot;
  const kind = extname(file.replace(/\.gz$/i, '')).toLowerCase();
  if (kind === '.xlsx') return (await import('./workbook.ts')).openWorkbook(snapshot, options);
  if (kind === '.json' || kind === '.jsonl' || kind === '.ndjson')
    return openJson(snapshot, options, wanted, findings, kind);
  const { header, ...dialect } = await inspectCsv(snapshot, options);
  const bulk = toBulk(snapshot, dialect, header, options, findings);
  return {
    file,
    header,
    detected: dialect,
    rows: () => readCsv(snapshot, dialect, header, options, findings),
    ...(bulk && { bulk }),
  };
}

async function openJson(
  snapshot: Snapshot,
  options: Options,
  wanted: string[],
  findings: Findings,
  kind: string,
): Promise<Table> {
  const { file } = snapshot;
  const encoding = options.encoding ?? (await detectEncoding(snapshot));
  const name = basename(file);
  const path = options.records ?? '$';
  const text = (): AsyncIterable<string> =>
    readText(snapshot, encoding, { isDamaged: false, rules: findings.rules });
  const texts = (): AsyncIterable<JsonText> =>
    kind !== '.json'
      ? readJsonLines(text())
      : /[*=]/.test(path)
        ? readDocument(text(), path, name)
        : readJsonList(text(), path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [], name);
  const rows = async function* (): AsyncGenerator<LandedRow> {
    for await (const { text, at, ...found } of texts()) {
      const position = kind === '.json' ? `${name}[${at}]` : `${name}:${at}`;
      const problem = found.problem ?? (isDeep(text) ? faults.deep : undefined);
      const row = problem === undefined ? parseJson(text) : undefined;
      if (row === undefined)
        yield {
          position,
          values: wanted.map(() => null),
          problem: problem ?? faults.json(text),
          raw: JSON.stringify({ text: text.slice(0, 10_000) }),
        };
      else yield { position, values: toValues(row, wanted), raw: writeExactly(text) };
    }
    await look(snapshot, findings);
  };
  return { file, header: wanted, detected: { encoding }, rows };
}

/** A list that cannot be followed item by item, because its path goes through other lists. */
async function* readDocument(
  text: AsyncIterable<string>,
  path: string,
  name: string,
): AsyncGenerator<JsonText> {
  let whole = '';
  for await (const part of text) {
    whole += part;
    if (whole.length > largestDocument)
      throw new SourceError(`${name} is too large for «records: ${path}»: give its rows as JSON Lines`);
  }
  const rows = pick(parseJson(whole), path);
  if (!Array.isArray(rows)) throw new SourceError(`${name} has no list of rows at ${path}`);
  for (const [at, row] of rows.entries()) yield { text: JSON.stringify(row), at };
}

function parseJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}
