import type pg from 'pg';
import { streamName, type Stream } from './config.ts';
import { toNumber } from './parsing.ts';

/** Where the last committed load of a stream ended; null for a stream without a cursor or a first load. */
export async function readCursor(client: pg.Client, source: string, stream: Stream): Promise<string | null> {
  if (!stream.cursor) return null;
  const { rows } = await client.query<{ cursor: string }>(
    'select cursor from ops.cursors where source = $1 and stream = $2',
    [source, streamName(stream)],
  );
  return rows[0]?.cursor ?? null;
}

/**
 * The cursor is the greatest value that landed: as a time or a number where it reads as one, else as text. What lies in the
 * future does not count: a clock that runs ahead would skip all that changes until its time has come.
 * @returns where the next load begins; null for a stream without a cursor, or when nothing has landed yet
 */
export async function saveCursor(
  client: pg.Client,
  source: string,
  stream: Stream,
  runId: string,
): Promise<string | null> {
  if (!stream.cursor) return null;
  const { rows } = await client.query<{ cursor: string }>(
    `insert into ops.cursors (source, stream, cursor, run_id)
     select $1, $2, _cursor, $3 from mapped
     where _cursor is not null and coalesce(version_at <= now(), true)
     order by version_at desc nulls last, case when version_at is null then ${toNumber('_cursor', '.')} end desc nulls last,
       _cursor desc
     limit 1
     on conflict (source, stream) do update set cursor = excluded.cursor, run_id = excluded.run_id, updated_at = now()
     returning cursor`,
    [source, streamName(stream), runId],
  );
  return rows[0]?.cursor ?? (await readCursor(client, source, stream));
}

/**
 * Whether some stream of the source was last read whole longer ago than that; one that never was is read whole anyway.
 * @param every seconds
 */
export async function isFullDue(
  client: pg.Client,
  source: string,
  streams: readonly Stream[],
  every: number,
): Promise<boolean> {
  const { rows } = await client.query<{ is_due: boolean }>(
    `select coalesce(min(last) <= now() - make_interval(secs => $2), false) as is_due
     from (
       select max(r.finished_at) filter (where s.is_full) as last
       from ops.runs r join ops.run_streams s using (run_id)
       where r.source = $1 and r.status = 'succeeded' and s.stream = any($3)
       group by s.stream
     ) per_stream`,
    [source, every, streams.map(streamName)],
  );
  return rows[0]?.is_due ?? false;
}
