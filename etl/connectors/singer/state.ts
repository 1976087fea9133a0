import type { Client } from 'pg';

/** No stream has this name: the state of a tap is one for all its streams. */
const stream = '*';

/** The state of the last committed run, unless other streams are wanted now: those would miss what came before. */
export async function readState(client: Client, source: string, streams: string[]): Promise<string | null> {
  const { rows } = await client.query<{ state: string }>(
    `select (cursor::json -> 'state' -> 'value')::text as state from ops.cursors
     where source = $1 and stream = $2 and (cursor::json -> 'streams')::jsonb = $3::jsonb`,
    [source, stream, JSON.stringify(streams)],
  );
  return rows[0]?.state ?? null;
}

/** @param state the STATE message as the tap printed it */
export async function saveState(
  client: Client,
  source: string,
  streams: string[],
  state: string,
  runId: string,
): Promise<void> {
  await client.query(
    `insert into ops.cursors (source, stream, cursor, run_id) values ($1, $2, $3, $4)
     on conflict (source, stream) do update set cursor = excluded.cursor, run_id = excluded.run_id, updated_at = now()`,
    [source, stream, `{"streams":${JSON.stringify(streams)},"state":${state}}`, runId],
  );
}
