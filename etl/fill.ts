import type { Client } from 'pg';

/**
 * Frees an empty table that nobody reads yet from what slows its filling: an index is built ten times faster than it
 * grows, and triggers have nobody to tell. What a transaction writes into a table that it has emptied itself needs no log
 * where `wal_level` is minimal. In the caller's transaction, which locks the table till its end.
 * @param table qualified
 * @param isDistinct no two rows that come have the same key, so that it has to be checked at the end alone
 * @returns what puts all of it back, to be called when the table is full
 */
export async function openFill(
  client: Client,
  table: string,
  isDistinct = false,
): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ drop: string; create: string }>(
    `select format('drop index %s', i.indexrelid::regclass) as drop, pg_get_indexdef(i.indexrelid) as create
     from pg_index i
     where i.indrelid = $1::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
     union all
     select format('alter table %s drop constraint %I', conrelid::regclass, conname),
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
     from pg_constraint
     where conrelid = $1::regclass and contype in ('p', 'u') and $2
     order by 2`,
    [table, isDistinct],
  );
  await client.query(
    [
      `lock table ${table}`,
      // were it not empty after all, nothing may be lost
      `do $$ begin if not exists (select from ${table}) then truncate ${table}; end if; end $$`,
      ...rows.map(({ drop }) => drop),
      `alter table ${table} disable trigger user`,
    ].join(';'),
  );
  return async () => {
    for (const { create } of rows) await client.query(create);
    await client.query(`alter table ${table} enable trigger user`);
  };
}

/** Up to so many rows indexes grow as fast as they are built. */
export const fewRows = 2000;

/** Whether there is no row at all, not even a deleted one. */
export async function isEmpty(client: Client, table: string): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${table} limit 1`);
  return rowCount === 0;
}

/** Analyzes a table of which a good part is new: statistics are not worth their time for less. */
export async function keepStatistics(client: Client, table: string, changed: number): Promise<void> {
  const { rows } = await client.query<{ rows: number }>(
    'select reltuples::float8 as rows from pg_class where oid = $1::regclass',
    [table],
  );
  if (changed > 500 && changed > 0.1 * (rows[0]?.rows ?? 0)) await client.query(`analyze ${table}`);
}
