import { warehouse } from '../warehouse.ts';

const patience = 5_000;
let known: { at: number; late: Promise<string[]> } | null = null;

/** Sources whose load is due, still running, or being tried again: what they bring may be yesterday's. */
export function lateSources(): Promise<string[]> {
  if (known && Date.now() - known.at < patience) return known.late;
  const late = read();
  known = { at: Date.now(), late };
  late.catch(() => (known = null));
  return late;
}

async function read(): Promise<string[]> {
  const { rows } = await warehouse().raw<{ rows: { source: string }[] }>(
    `select source from ops.sources
      where is_configured and schedule is not null
        and (retry_at is not null or due_at <= clock_timestamp() or failures > 0)
      order by position, source`,
  );
  return rows.map(({ source }) => source);
}
