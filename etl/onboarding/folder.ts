import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import type { FilesSource } from '../config.ts';
import { SourceError } from '../connectors/connector.ts';
import { matchFiles } from '../connectors/file-list.ts';
import { readFiles } from '../connectors/files.ts';
import { pick, toValues } from '../connectors/json.ts';
import type { Sample } from './sample.ts';

const readable = /\.(csv|tsv|txt|xlsx|json|jsonl|ndjson)(\.gz)?$/i;
const mostRows = 20_000;
const mostFiles = 200;
const largestJson = 64 << 20;

export type Folder = { samples: Sample[]; skipped: { from: string; why: string }[] };

/** Looks at the files of a folder, or at one file: the first rows of each. */
export async function readFolder(path: string): Promise<Folder> {
  const base = resolve(path);
  const folder = statSync(base).isDirectory() ? base : dirname(base);
  const { files } = matchFiles(base, undefined, resolve(folder, 'pulse.yaml'));
  const found = files.filter((file) => readable.test(file));
  const result: Folder = { samples: [], skipped: [] };
  for (const file of found.slice(0, mostFiles)) {
    const from = relative(folder, file);
    try {
      result.samples.push(await readSample(file, from));
    } catch (error) {
      if (!(error instanceof SourceError) && !('code' in (error as Error))) throw error;
      result.skipped.push({ from, why: (error as Error).message });
    }
  }
  for (const file of found.slice(mostFiles))
    result.skipped.push({ from: relative(folder, file), why: `only ${mostFiles} files are looked at` });
  return result;
}

async function readSample(file: string, from: string): Promise<Sample> {
  const records = /\.json(\.gz)?$/i.test(file) ? findRecords(file) : undefined;
  const source = { kind: 'files', path: file, streams: [] } as unknown as FilesSource;
  const stream = {
    entity: 'deals',
    fields: {},
    ...(records && { records }),
  } as FilesSource['streams'][number];
  const landing = await readFiles(source, stream, {
    wanted: [],
    since: null,
    configPath: resolve(dirname(file), 'pulse.yaml'),
    signal: new AbortController().signal,
  });
  const sample: Sample = { from, columns: landing.columns, rows: [], isWhole: true };
  const objects: unknown[] = [];
  for await (const row of landing.rows) {
    if (objects.length + sample.rows.length === mostRows) {
      sample.isWhole = false;
      break;
    }
    if (row.problem) continue;
    if (row.raw === undefined) sample.rows.push(row.values);
    else objects.push(JSON.parse(row.raw));
  }
  if (objects.length) {
    sample.columns = [...new Set(objects.slice(0, 1000).flatMap((object) => pathsOf(object)))];
    sample.rows = objects.map((object) => toValues(object, sample.columns));
  }
  if (records && records !== '$') sample.reading = { records };
  const detected = landing.detected?.[basename(file)];
  if (detected && typeof detected === 'object') sample.detected = detected as Record<string, unknown>;
  return sample;
}

/** Where the list of rows is in a JSON document: the first list of objects, nearest to the top. */
function findRecords(file: string): string | undefined {
  if (/\.gz$/i.test(file) || statSync(file).size > largestJson) return undefined;
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch {
    throw new SourceError('it is not JSON');
  }
  let paths = ['$'];
  for (let depth = 0; depth < 4; depth++) {
    const list = paths.find((path) => isTable(pick(document, path)));
    if (list) return list;
    paths = paths.flatMap((path) => {
      const at = pick(document, path);
      const isObject = at !== null && typeof at === 'object' && !Array.isArray(at);
      return isObject ? Object.keys(at).map((key) => `${path}.${key}`) : [];
    });
  }
  throw new SourceError('there is no list of rows in it');
}

function isTable(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null;
}

/** The columns of an object: its keys, and those of the objects in it. */
function pathsOf(value: unknown, before = '', depth = 0): string[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${before}${key}`;
    const isObject = inner !== null && typeof inner === 'object' && !Array.isArray(inner);
    return isObject && depth < 2 ? pathsOf(inner, `${path}.`, depth + 1) : [path];
  });
}
