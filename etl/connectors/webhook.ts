import type { Client } from 'pg';
import pg from 'pg';
import type { Config, Stream } from '../config.ts';
import type { LandedRow } from './connector.ts';
import { toValues } from './json.ts';
import type { ScopedLanding, ScopedRequest } from './remote/scope.ts';
import { parseExactly } from './rest/exact.ts';
import { streamRows } from './sql/postgres.ts';
import { seal } from './webhook/seal.ts';

/** How long the id of a request is known, so that a sender may repeat it. */
const memory = '7 days';

/** Reads what was sent to a stream since its last run; the run that keeps the rows takes them out of the inbox. */
export async function readInbox(stream: Stream, request: ScopedRequest): Promise<ScopedLanding> {
  const { source, run } = request.scope;
  const columns = request.wanted;
  if (!run) return { columns, rows: (async function* () {})(), isFull: false };
  const name = stream.name ?? stream.entity;
  // Numbers are given before rows are visible: what this run takes is marked, not counted up to.
  await run.client.query('update ops.inbox set run_id = $3 where source = $1 and stream = $2', [
    source,
    name,
    run.id,
  ]);
  request.scope.onCommit((client) => clear(client, source, name, run.id));
  return { columns, isFull: false, rows: readMarked(run.warehouseUrl, name, run.id, columns) };
}

async function* readMarked(
  url: string,
  stream: string,
  runId: string,
  columns: string[],
): AsyncGenerator<LandedRow> {
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-etl' });
  await client.connect();
  try {
    const rows = streamRows(
      client,
      'select inbox_id, row::text as row from ops.inbox where run_id = $1 and stream = $2 order by inbox_id',
      [runId, stream],
    );
    for await (const { inbox_id, row } of rows as AsyncIterable<{ inbox_id: string; row: string }>) {
      yield { position: `${stream}#${inbox_id}`, values: toValues(parseExactly(row), columns), raw: row };
    }
  } finally {
    await client.end();
  }
}

async function clear(client: Client, source: string, stream: string, runId: string): Promise<void> {
  await client.query('delete from ops.inbox where source = $1 and stream = $2 and run_id = $3', [
    source,
    stream,
    runId,
  ]);
  await client.query(
    `delete from ops.inbox_requests where source = $1 and received_at < now() - $2::interval`,
    [source, memory],
  );
}

/** Tells the app which requests it may accept: it does not read the configuration. */
export async function writeWebhooks(
  client: Client,
  config: Config,
  password = process.env.PULSE_SECRET,
): Promise<void> {
  const names: string[] = [];
  for (const [source, settings] of Object.entries(config.sources)) {
    if (settings.kind !== 'webhook') continue;
    names.push(source);
    const streams = settings.streams.map((stream) => stream.name ?? stream.entity);
    // A load by hand outside the stack does not know what the app opens secrets with: what it has stays.
    if (!password) continue;
    await client.query(
      `insert into ops.webhooks (source, streams, sealed_secret) values ($1, $2, $3)
       on conflict (source) do update set streams = excluded.streams, sealed_secret = excluded.sealed_secret`,
      [source, streams, seal(settings.secret, source, password)],
    );
  }
  await client.query('delete from ops.webhooks where not source = any($1)', [names]);
}
