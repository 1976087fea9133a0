import type { Subject } from '../identities.ts';
import { warehouse } from '../warehouse.ts';
import type { Evidence } from './part.ts';

/** A number or address that a person has called nobody's own; `is_common` is false where that was taken back. */
export type Common = Evidence & { is_common: boolean; by: string; at: string; is_applied: boolean };

const shown = 50;

/** The latest first. One that was taken back is shown until a load has acted on it. */
export async function readCommon(subject: Subject): Promise<Common[]> {
  const { rows } = await warehouse().raw<{ rows: (Omit<Common, 'at'> & { at: Date })[] }>(
    `select kind, value, is_common, decided_by as by, decided_at as at, is_applied
       from ops.common_identifiers
      where entity = ? and (is_common or not is_applied)
      order by decided_at desc, kind, value
      limit ?`,
    [subject, shown],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** @returns false where no record has such a number or address */
export async function writeCommon(
  subject: Subject,
  kind: string,
  value: string,
  isCommon: boolean,
  by: string,
): Promise<boolean> {
  const { rowCount } = await warehouse().raw<{ rowCount: number }>(
    `insert into ops.common_identifiers as c (entity, kind, value, is_common, decided_by)
     select i.entity, i.kind, i.value, ?, ?
       from ops.identifiers i
      where i.entity = ? and i.kind = ? and i.value = ? and i.kind <> 'id'
      limit 1
     on conflict (entity, kind, value) do update
       set is_common = excluded.is_common, decided_by = excluded.decided_by, decided_at = now(), is_applied = false`,
    [isCommon, by, subject, kind, value],
  );
  return rowCount === 1;
}
