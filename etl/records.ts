import type pg from 'pg';
import { pauseAfter } from './retry.ts';

/** Why a run was started: by somebody, by its schedule, after a failure, or to read the quarantine again. */
export type Cause = 'hand' | 'schedule' | 'retry' | 'quarantine';

const interrupted = 'interrupted: nothing of it was kept';

/**
 * Opens the record of a run. Whoever holds the source's lock knows that an earlier open one belongs to a process
 * that is gone: that was a failure too.
 */
export async function openRun(client: pg.Client, source: string, cause: Cause): Promise<string> {
  const { rows } = await client.query<{ run_id: string }>(
    `with dead as (
       update ops.runs set status = 'failed', finished_at = clock_timestamp(), error = $3
        where source = $1 and status = 'running' returning started_at
     ), counted as (
       update ops.sources set failures = failures + (select count(*) from dead), error = $3, is_lasting = false,
              failing_since = coalesce(failing_since, (select min(started_at) from dead))
        where source = $1 and exists (select from dead)
     )
     insert into ops.runs (source, status, cause, attempt)
     select $1, 'running', $2, failures + 1 + (select count(*) from dead) from ops.sources where source = $1
     returning run_id`,
    [source, cause, interrupted],
  );
  return (rows[0] as { run_id: string }).run_id;
}

export type Failure = {
  sentence: string;
  /** trying again cannot heal it: it waits for the next run by schedule, or for a person */
  isLasting: boolean;
  /** ended by us: no fault of the source, and the next worker goes on at once */
  isStopped: boolean;
};

/** Closes a run that failed, and says when the source is tried again if that is before its schedule. */
export async function closeFailed(
  client: pg.Client,
  source: string,
  runId: string,
  { sentence, isLasting, isStopped }: Failure,
  pauses: number[],
): Promise<void> {
  const { rows } = await client.query<{ cause: Cause; attempt: number }>(
    `update ops.runs set status = 'failed', finished_at = clock_timestamp(), error = $2 where run_id = $1
     returning cause, attempt`,
    [runId, sentence],
  );
  const run = rows[0];
  if (!run || run.cause === 'quarantine') return;
  const pause = isStopped ? 0 : pauseAfter(run.attempt, pauses);
  await client.query(
    `update ops.sources
        set failures = case when $6 then failures else $5 end,
            failing_since = case when $6 then failing_since
                                 else coalesce(failing_since, (select started_at from ops.runs where run_id = $3)) end,
            error = case when $6 then error else $2 end, is_lasting = not $6 and $4, last_run_id = $3,
            retry_at = case when not $4 and schedule is not null then nullif(
              least(clock_timestamp() + make_interval(secs => $7), coalesce(due_at, 'infinity')), due_at) end
      where source = $1`,
    [source, sentence, runId, isLasting, run.attempt, isStopped, pause / 1000],
  );
}

/** Closes a run that succeeded, in the transaction that makes its data visible. */
export async function closeDone(
  client: pg.Client,
  source: string,
  runId: string,
  cause: Cause,
  warnings: unknown[],
): Promise<void> {
  await client.query(
    `update ops.runs set status = 'succeeded', finished_at = clock_timestamp(), warnings = $2,
       data_version = (select version from ops.data_version) where run_id = $1`,
    [runId, JSON.stringify(warnings)],
  );
  await client.query(
    cause === 'quarantine'
      ? 'update ops.sources set last_run_id = $2 where source = $1'
      : `update ops.sources set fresh_at = clock_timestamp(), last_run_id = $2, failures = 0, failing_since = null,
           error = null, is_lasting = false, retry_at = null
         where source = $1`,
    [source, runId],
  );
}

export async function readVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: string }>('select version from ops.data_version');
  return Number(rows[0]?.version ?? 0);
}

export async function bumpVersion(client: pg.Client): Promise<void> {
  await client.query('update ops.data_version set version = version + 1, changed_at = clock_timestamp()');
}
