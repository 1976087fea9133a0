import type pg from 'pg';

/** Opens the record of a run. Whoever holds the source's lock knows that an earlier open one was interrupted. */
export async function openRun(client: pg.Client, source: string): Promise<string> {
  await client.query(
    `update ops.runs set status = 'failed', finished_at = clock_timestamp(), error = 'interrupted: nothing of it was kept'
     where source = $1 and status = 'running'`,
    [source],
  );
  const { rows } = await client.query<{ run_id: string }>(
    `insert into ops.runs (source, status) values ($1, 'running') returning run_id`,
    [source],
  );
  return (rows[0] as { run_id: string }).run_id;
}

export async function closeFailed(
  client: pg.Client,
  source: string,
  runId: string,
  error: string,
): Promise<void> {
  await client.query(
    `update ops.runs set status = 'failed', finished_at = clock_timestamp(), error = $2 where run_id = $1`,
    [runId, error],
  );
  await client.query(
    'update ops.sources set failures = failures + 1, error = $2, last_run_id = $3 where source = $1',
    [source, error, runId],
  );
}

export async function readVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ version: string }>('select version from ops.data_version');
  return Number(rows[0]?.version ?? 0);
}

export async function bumpVersion(client: pg.Client): Promise<void> {
  await client.query('update ops.data_version set version = version + 1, changed_at = clock_timestamp()');
}
