import type { Client } from 'pg';
import { streamName, type Stream } from './config.ts';
import type { Landing } from './connectors/connector.ts';
import { toValues } from './connectors/json.ts';
import type { Landed } from './landing.ts';
import { wantedColumns } from './mapping.ts';
import type { MergeOptions } from './merge.ts';
import { identifier, list } from './sql-text.ts';

/**
 * Keeps the rows of the mapped landing that cannot be understood, each with its place, field and reason.
 * What was kept before and is no longer found at fault by a full landing is marked as resolved.
 * @param count how many there are
 */
export async function quarantine(
  client: Client,
  stream: Stream,
  landed: Landed,
  count: number,
  options: MergeOptions,
): Promise<void> {
  if (count) await keep(client, stream, landed, options);
  if (options.isFull) await resolve(client, options.source, streamName(stream), options.runId);
}

async function keep(client: Client, stream: Stream, landed: Landed, options: MergeOptions): Promise<void> {
  const names = [...landed.columns.keys()];
  const staged = [...landed.columns.values()].map((column) => `s.${identifier(column)}`);
  const name = streamName(stream);
  await client.query(
    `with bad as (
       select m._n, m.problem_field, m.problem_value, m.problem_reason, s._position, coalesce(s._row, jsonb_object(array[${list(names)}]::text[], array[${staged.join(', ')}]::text[])) as whole
       from ${landed.table} s join mapped m on m._n = s._n and m.problem_field is not null
       -- By their places, so that the whole landing is not read again for a few.
       where s.ctid = any(array(select _place from mapped where problem_field is not null))
     )
     insert into ops.quarantine as q
         (source, stream, entity, row_hash, position, row, field, value, reason, first_run_id, last_run_id)
       select distinct on (md5(whole::text)) $1, $2, $3, md5(whole::text), _position, whole, problem_field,
         left(problem_value, 500), problem_reason, $4::bigint, $4::bigint
       from bad order by md5(whole::text), _n
       on conflict (source, stream, row_hash) do update set position = excluded.position, field = excluded.field,
         value = excluded.value, reason = excluded.reason, last_run_id = excluded.last_run_id, resolved_at = null`,
    [options.source, name, stream.entity, options.runId],
  );
}

/** Marks as resolved what the given run did not find at fault again. */
export async function resolve(client: Client, source: string, stream: string, runId: string): Promise<void> {
  await client.query(
    `update ops.quarantine set resolved_at = now()
     where source = $1 and stream = $2 and resolved_at is null and last_run_id <> $3`,
    [source, stream, runId],
  );
}

/** The open quarantine of a stream as a landing, so that it goes the same way as any other. */
export async function reland(client: Client, source: string, stream: Stream): Promise<Landing> {
  const { rows } = await client.query<{ row: Record<string, unknown>; position: string }>(
    `select row, position from ops.quarantine
     where source = $1 and stream = $2 and resolved_at is null order by quarantine_id`,
    [source, streamName(stream)],
  );
  const columns = wantedColumns(stream);
  return {
    columns,
    rows: (async function* () {
      for (const { row, position } of rows) {
        yield { position, values: toValues(row, columns), raw: JSON.stringify(row) };
      }
    })(),
  };
}
