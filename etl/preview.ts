import pg from 'pg';
import { streamName, type Config, type Source, type Stream } from './config.ts';
import { SourceError, type LandedRow, type Landing } from './connectors/connector.ts';
import { fieldsOf, type EntityName } from './entities.ts';
import { land } from './landing.ts';
import { compileMapping, wantedColumns } from './mapping.ts';
import { openStream } from './open-stream.ts';
import { identifier } from './sql-text.ts';

export type StreamPreview = {
  source: string;
  stream: string;
  entity: EntityName;
  /** why the source cannot be read, or null */
  error: string | null;
  /** encoding, delimiter, sheet … by file */
  detected: Record<string, unknown>;
  columns: string[];
  /** rows that were looked at; the source may have more */
  read: number;
  quarantined: number;
  rows: PreviewRow[];
  /** rows that would go to quarantine, grouped by field and reason, with the place of the first */
  problems: { field: string; reason: string; rows: number; position: string; value: string | null }[];
};

export type PreviewRow = {
  position: string;
  fields: Record<string, unknown>;
  problem: { field: string; value: string | null; reason: string } | null;
};

const looked = 1000;
const shown = 5;

/** Tries every stream of a configuration, one after another. Nothing of it stays in the warehouse. */
export async function previewSources(
  config: Config,
  options: { warehouseUrl: string; signal?: AbortSignal },
): Promise<StreamPreview[]> {
  const client = new pg.Client({
    connectionString: options.warehouseUrl,
    application_name: 'pulse-preview',
  });
  await client.connect();
  const previews: StreamPreview[] = [];
  try {
    await client.query(`set timezone = 'UTC'; set client_min_messages = warning`);
    for (const [name, source] of Object.entries(config.sources)) {
      for (const stream of source.streams) {
        options.signal?.throwIfAborted();
        previews.push(await previewStream(client, name, source, stream, config));
      }
    }
  } finally {
    await client.end();
  }
  return previews;
}

/**
 * Lands and maps the first thousand rows of a stream as a load would, in a transaction that is rolled back.
 * A source that cannot be read is told in `error`; whatever else goes wrong is thrown.
 */
export async function previewStream(
  client: pg.Client,
  name: string,
  source: Source,
  stream: Stream,
  config: Config,
): Promise<StreamPreview> {
  const preview: StreamPreview = {
    source: name,
    stream: streamName(stream),
    entity: stream.entity,
    error: null,
    detected: {},
    columns: [],
    read: 0,
    quarantined: 0,
    rows: [],
    problems: [],
  };
  const stop = new AbortController();
  await client.query('begin');
  try {
    const request = {
      wanted: wantedColumns(stream),
      since: null,
      configPath: config.path,
      signal: stop.signal,
    };
    const landing = await openStream(source, stream, request);
    preview.detected = landing.detected ?? {};
    preview.columns = landing.columns;
    // A name of its own, so that no load of the same stream has to wait for this one.
    const landed = await land(client, `preview_${process.pid}`, streamName(stream), {
      columns: landing.columns,
      rows: takeFirst(landing, looked),
    });
    const select = compileMapping(stream, {
      ...landed,
      timezone: source.timezone ?? config.reporting.timezone,
      empty: stream.empty ?? ('empty' in source ? source.empty : undefined),
    });
    await client.query(`create temp table previewed on commit drop as ${select}`);
    preview.read = landed.read;
    preview.rows = await readRows(client, stream, landed.table);
    preview.problems = await readProblems(client, landed.table);
    preview.quarantined = preview.problems.reduce((sum, { rows }) => sum + rows, 0);
  } catch (error) {
    if (!isOfSource(error)) throw error;
    preview.error = (error as Error).message;
  } finally {
    stop.abort();
    await client.query('rollback');
  }
  return preview;
}

async function* takeFirst(landing: Landing, count: number): AsyncGenerator<LandedRow> {
  let taken = 0;
  for await (const row of landing.rows) {
    yield row;
    if (++taken === count) return;
  }
}

async function readRows(client: pg.Client, stream: Stream, table: string): Promise<PreviewRow[]> {
  const fields = ['source_id', ...Object.keys(fieldsOf(stream.entity)).filter((f) => f in stream.fields)];
  const { rows } = await client.query<{
    _position: string;
    fields: Record<string, unknown>;
    problem_field: string | null;
    problem_value: string | null;
    problem_reason: string | null;
  }>(
    `select s._position, problem_field, problem_value, problem_reason, to_jsonb(p) as fields
     from previewed p join ${table} s using (_n) order by _n limit ${shown}`,
  );
  return rows.map((row) => ({
    position: row._position,
    fields: Object.fromEntries([...new Set(fields)].map((field) => [field, row.fields[field] ?? null])),
    problem:
      row.problem_field === null
        ? null
        : { field: row.problem_field, value: row.problem_value, reason: row.problem_reason ?? '' },
  }));
}

async function readProblems(client: pg.Client, table: string): Promise<StreamPreview['problems']> {
  const first = (column: string): string => `(array_agg(${column} order by _n))[1]`;
  const { rows } = await client.query<StreamPreview['problems'][number]>(
    `select problem_field as field, problem_reason as reason, count(*)::int as rows,
       ${first('s._position')} as position, ${first(`left(${identifier('problem_value')}, 200)`)} as value
     from previewed join ${table} s using (_n) where problem_field is not null
     group by 1, 2 order by 3 desc, 1`,
  );
  return rows;
}

/** Connectors tell of a source in SourceErrors; files that are broken or forbidden come as the system tells them. */
function isOfSource(error: unknown): boolean {
  if (error instanceof SourceError) return true;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return (typeof code === 'string' && /^(E[A-Z]+|CSV_|Z_)/.test(code)) || name === 'CsvError';
}
