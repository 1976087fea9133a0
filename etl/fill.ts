import type { Client } from 'pg';

/**
 * Frees an empty table that nobody reads yet from what slows its filling: an index is built ten times faster than it
 * grows, and triggers have nobody to tell. In the caller's transaction, which locks the table till its end.
 * @param table qualified
 * @returns what puts all of it back, to be called when the table is full
 */
export async function openFill(client: Client, table: string): Promise<() => Promise<void>> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
     where indrelid = $1::regclass and not exists (select from pg_constraint where conindid = indexrelid)
     order by indexrelid`,
    [table],
  );
  if (indexes.length) await client.query(`drop index ${indexes.map(({ name }) => name).join(', ')}`);
  await client.query(`alter table ${table} disable trigger user`);
  return async () => {
    for (const { definition } of indexes) await client.query(definition);
    await client.query(`alter table ${table} enable trigger user`);
  };
}

/** Whether there is no row at all, not even a deleted one. */
export async function isEmpty(client: Client, table: string): Promise<boolean> {
  const { rowCount } = await client.query(`select from ${table} limit 1`);
  return rowCount === 0;
}
