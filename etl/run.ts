import type pg from 'pg';
import { streamName, type Config, type Source, type Stream } from './config.ts';
import { SourceError, type Request } from './connectors/connector.ts';
import { openScope, type OpenScope, type ScopedLanding } from './connectors/remote/scope.ts';
import type { Rules } from './connectors/rules.ts';
import { writeWebhooks } from './connectors/webhook.ts';
import { withChosen } from './chosen.ts';
import { isFullDue, readCursor, saveCursor } from './cursors.ts';
import { isUsedSql, withEntered } from './entered.ts';
import { entityNames, type EntityName } from './entities.ts';
import { land, type Landed } from './landing.ts';
import { wantedColumns } from './mapping.ts';
import { merge, type Counts } from './merge.ts';
import { openStream } from './open-stream.ts';
import { openProgress, type Progress } from './progress.ts';
import { connect, publishFirst, publishLock } from './publish.ts';
import { reland, resolve } from './quarantine.ts';
import { bumpVersion, closeDone, closeFailed, openRun, readVersion, type Cause } from './records.ts';
import { writeSettings, writeSources } from './settings.ts';
import { openChanges, transform } from './transform.ts';
import { missingFiles, noneGone, say, type Warning } from './vanishing.ts';

export type RunSummary = {
  source: string;
  status: 'succeeded' | 'failed' | 'busy';
  error: string | null;
  seconds: number;
  /** sentences about what was done otherwise than asked */
  warnings: string[];
  streams: (Counts & { stream: string; entity: EntityName; is_full: boolean })[];
};

export type RunOptions = {
  warehouseUrl: string;
  config: Config;
  /** names of sources; all if left out */
  only?: string[] | undefined;
  /** read the open quarantine again instead of the source */
  isRetry?: boolean;
  /** why it is run; by hand if left out */
  cause?: Exclude<Cause, 'quarantine'>;
  /** believe a full landing that holds little or nothing, or lacks a file */
  acceptDeletions?: boolean;
  /** read streams with a cursor from their beginning, so that what was deleted in the source shows */
  isWhole?: boolean;
  log?: (line: string) => void;
  signal?: AbortSignal;
};

type SourceOptions = RunOptions & { isFirst: boolean; progress: Progress };

type Landing = {
  stream: Stream;
  landed: Landed;
  detected: unknown;
  since: string | null;
  isFull: boolean;
  seconds: number;
};

/**
 * Loads the sources of a configuration, one after another. A source that fails is reported and stops no other.
 * @returns one summary per source; `busy` means that another process is loading it right now
 */
export async function runSources(given: RunOptions): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  const client = await connect(given.warehouseUrl);
  const used = await client.query<{ is_used: boolean }>(isUsedSql);
  const config = await withChosen(client, withEntered(given.config, used.rows[0]?.is_used ?? false));
  const options = { ...given, config };
  const progress = await openProgress(options.warehouseUrl, await readPid(client));
  try {
    await writeSettings(client, options.config);
    await writeSources(client, options.config);
    await writeWebhooks(client, options.config);
    // Nobody reads before the first load is through, so what is derived from all sources is derived once.
    const isFirst = (await readVersion(client)) === 0 && !options.only;
    for (const [name, source] of inOrder(options.config)) {
      if (options.only && !options.only.includes(name)) continue;
      options.signal?.throwIfAborted();
      summaries.push(await runSource(client, name, source, { ...options, isFirst, progress }));
    }
    if (
      summaries.some(({ streams }) =>
        streams.some((s) => s.entity === 'fx_rates' && s.inserted + s.updated > 0),
      )
    ) {
      for (const name of await waitingForRates(client)) {
        const source = options.config.sources[name];
        if (source)
          summaries.push(
            await runSource(client, name, source, { ...options, isFirst, progress, isRetry: true }),
          );
      }
    }
    if (isFirst && summaries.some(({ status }) => status === 'succeeded'))
      await publishFirst(client, options.warehouseUrl);
  } finally {
    await progress.close();
    await client.end();
  }
  return summaries;
}

/** Sources of exchange rates come first: what they lack sends amounts to quarantine. */
function inOrder(config: Config): [string, Source][] {
  const rank = ([, source]: [string, Source]): number =>
    source.streams.some((s) => s.entity === 'fx_rates') ? 0 : 1;
  return Object.entries(config.sources).sort((a, b) => rank(a) - rank(b));
}

/** Sources with rows that only lacked an exchange rate: new rates are a reason to try them again. */
async function waitingForRates(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ source: string }>(
    `select distinct source from ops.quarantine where field = 'currency' and resolved_at is null`,
  );
  return rows.map(({ source }) => source);
}

async function runSource(
  client: pg.Client,
  name: string,
  source: Source,
  options: SourceOptions,
): Promise<RunSummary> {
  const started = performance.now();
  const summary: RunSummary = {
    source: name,
    status: 'succeeded',
    error: null,
    seconds: 0,
    warnings: [],
    streams: [],
  };
  const lock = `pulse source ${name}`;
  const { rows } = await client.query<{ got: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
    [lock],
  );
  if (!rows[0]?.got) return { ...summary, status: 'busy' };
  try {
    const cause = options.isRetry ? 'quarantine' : (options.cause ?? 'hand');
    const runId = await openRun(client, name, cause);
    options.progress.begin(runId, source.streams.length);
    const scope = openScope({ source: name, run: { id: runId, client, warehouseUrl: options.warehouseUrl } });
    try {
      await loadSource(client, name, source, { runId, cause }, options, summary, scope);
    } catch (error) {
      await client.query('rollback');
      summary.status = 'failed';
      summary.error = (error as Error).message;
      summary.streams = [];
      const failure = {
        sentence: summary.error,
        isLasting: error instanceof SourceError && error.isLasting,
        isStopped: options.signal?.aborted ?? false,
      };
      await closeFailed(client, name, runId, failure, options.config.loading.retry_minutes);
    } finally {
      await options.progress.finish();
      await scope.end();
    }
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]);
  }
  summary.seconds = (performance.now() - started) / 1000;
  options.log?.(describe(summary));
  return summary;
}

async function loadSource(
  client: pg.Client,
  name: string,
  source: Source,
  { runId, cause }: { runId: string; cause: Cause },
  options: SourceOptions,
  summary: RunSummary,
  scope: OpenScope,
): Promise<void> {
  const { config, progress } = options;
  const streams = [...source.streams].sort(
    (a, b) => entityNames.indexOf(a.entity) - entityNames.indexOf(b.entity),
  );
  const every = 'full_every' in source ? source.full_every : undefined;
  const isWhole =
    options.isWhole ||
    (every !== undefined && !options.isRetry && (await isFullDue(client, name, streams, every)));
  const landings: Landing[] = [];
  for (const [index, stream] of streams.entries()) {
    const started = performance.now();
    progress.at('reading', streamName(stream), index + 1);
    const since = isWhole ? null : await readCursor(client, name, stream);
    const request: Request = {
      wanted: wantedColumns(stream),
      since,
      isWhole,
      configPath: config.path,
      signal: options.signal ?? new AbortController().signal,
    };
    const landing: ScopedLanding = options.isRetry
      ? await reland(client, name, stream)
      : await openStream(source, stream, request, scope);
    const landed = await land(client, name, streamName(stream), landing);
    progress.landed(landed.read);
    const isFull = !options.isRetry && (landing.isFull ?? (!stream.cursor || since === null));
    const seconds = (performance.now() - started) / 1000;
    landings.push({ stream, landed, detected: landing.detected ?? {}, since, isFull, seconds });
  }

  const warnings: Warning[] = [];
  progress.at('waiting');
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [publishLock]);
  if (!options.isFirst) await openChanges(client);
  // Parallel workers read no temporary tables: what is merged lies in a schema that ends with the transaction.
  await client.query(
    'create schema merging; set local search_path = merging; set local parallel_tuple_cost = 0.01',
  );
  for (const [index, { stream, landed, detected, since, isFull, seconds }] of landings.entries()) {
    const started = performance.now();
    progress.at('merging', streamName(stream), index + 1);
    const timezone = source.timezone ?? config.reporting.timezone;
    const empty = stream.empty ?? ('empty' in source ? source.empty : undefined);
    const rules: Rules = { ...(detected as { rules?: Rules }).rules };
    const counts = await merge(client, stream, landed, {
      runId,
      source: name,
      timezone,
      empty,
      config,
      isFull,
      isFirst: options.isFirst,
      // What somebody has undone in the product is meant to go.
      acceptDeletions: options.acceptDeletions ?? source.kind === 'entered',
      filesGone: isFull ? await missingFiles(client, name, source, stream, detected) : noneGone,
      warn: (warning) => void warnings.push(warning),
      rules,
    });
    if (options.isRetry) await resolve(client, name, streamName(stream), runId);
    const cursor = options.isRetry ? null : await saveCursor(client, name, stream, runId);
    const record = { stream: streamName(stream), entity: stream.entity, is_full: isFull, ...counts };
    summary.streams.push(record);
    await client.query(
      `insert into ops.run_streams select $1, r.stream, r.entity, r.is_full, r.read, r.inserted, r.updated, r.unchanged,
         r.duplicate, r.quarantined, r.deleted, $3, $4, $5, $6
       from jsonb_populate_record(null::ops.run_streams, $2) r`,
      [
        runId,
        JSON.stringify(record),
        seconds + (performance.now() - started) / 1000,
        JSON.stringify({ ...(detected as object), rules }),
        options.isRetry ? null : since,
        cursor,
      ],
    );
  }
  await client.query(
    'drop schema merging cascade; set local search_path to default; set local parallel_tuple_cost to default',
  );
  if (!options.isFirst) {
    progress.at('deriving');
    await transform(client);
    await bumpVersion(client);
  }
  if (!options.isRetry) await scope.commit();
  await closeDone(client, name, runId, cause, warnings);
  await client.query('commit');
  summary.warnings = warnings.map((warning) => say(warning, name));
}

async function readPid(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

function describe({ source, status, error, seconds, streams, warnings }: RunSummary): string {
  if (status !== 'succeeded') return `${source}: ${status}${error ? ` – ${error}` : ''}`;
  const parts = streams.map((s) => {
    const counts = (['inserted', 'updated', 'unchanged', 'duplicate', 'quarantined', 'deleted'] as const)
      .filter((name) => s[name])
      .map((name) => `${s[name]} ${name}`);
    return `${s.stream} ${s.read} read${counts.length ? ` (${counts.join(', ')})` : ''}`;
  });
  return [`${source}: ${parts.join('; ')} in ${seconds.toFixed(1)} s`, ...warnings].join('\n! ');
}
