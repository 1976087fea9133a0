import { warehouse } from '#lib/server/warehouse.ts';

export type Webhook = { streams: string[]; sealed: Buffer };

export async function findWebhook(source: string): Promise<Webhook | null> {
  const { rows } = await warehouse().raw<{ rows: Webhook[] }>(
    'select streams, sealed_secret as sealed from ops.webhooks where source = ?',
    [source],
  );
  return rows[0] ?? null;
}

/**
 * Keeps the rows of a request until the next run of the source. The numbers in them are never JavaScript's.
 * @returns how many were kept; null where the request was known already
 */
export async function keep(
  source: string,
  stream: string,
  requestId: string,
  rows: string,
): Promise<number | null> {
  const { rows: kept } = await warehouse().raw<{ rows: { rows: number }[] }>(
    `with sent as (select r.row, r.n from jsonb_array_elements(?::jsonb) with ordinality as r(row, n)),
     request as (
       insert into ops.inbox_requests (source, request_id, rows) select ?, ?, count(*) from sent
       on conflict do nothing returning rows
     ), kept as (
       insert into ops.inbox (source, stream, row) select ?, ?, sent.row from request, sent order by n
     )
     select rows from request`,
    [rows, source, requestId, source, stream],
  );
  return kept[0]?.rows ?? null;
}
