import type { Locale } from '../../page.ts';
import { tell } from './reasons.ts';
import { warehouse } from '../warehouse.ts';

/** Rows that wait for the same reason. `id` names the group in an address. */
export type Group = {
  id: string;
  field: string;
  reason: string;
  /** the reason in the reader's language */
  told: string;
  count: number;
  streams: string[];
  since: string;
};

/** `cells` are the row as it came, name and text; what is longer than a page can bear is cut off. */
export type HeldRow = {
  quarantine_id: number;
  stream: string;
  position: string;
  value: string | null;
  cells: [name: string, text: string | null][];
};

const shownGroups = 200;
const shownCells = 200;
const shownLetters = 1000;

/** The groups of a source's open quarantine, the largest first. */
export async function readGroups(source: string, locale: Locale): Promise<Group[]> {
  const { rows } = await warehouse().raw<{ rows: (Omit<Group, 'since' | 'told'> & { since: Date })[] }>(
    `select md5(field || chr(10) || reason) as id, field, reason, count(*) as count,
            array_agg(distinct stream order by stream) as streams, min(first_seen_at) as since
       from ops.quarantine
      where source = ? and resolved_at is null
      group by field, reason
      order by count(*) desc, field, reason
      limit ?`,
    [source, shownGroups],
  );
  return rows.map((row) => ({ ...row, told: tell(row.reason, locale), since: row.since.toISOString() }));
}

/** One page of the rows of a group, in the order of their source: line 9 before line 10. */
export async function readRows(
  source: string,
  { field, reason }: Pick<Group, 'field' | 'reason'>,
  page: number,
  size: number,
): Promise<HeldRow[]> {
  const { rows } = await warehouse().raw<{ rows: HeldRow[] }>(
    `select q.quarantine_id, q.stream, left(q.position, 300) as position, q.value, c.cells
       from ops.quarantine q
      cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_array(e.key, e.text)), '[]') as cells
          from (select key, left(value, ?) as text
                  from jsonb_each_text(case when jsonb_typeof(q."row") = 'object' then q."row"
                                            else jsonb_build_object('', q."row") end)
                 limit ?) e
      ) c
      where q.source = ? and q.field = ? and q.reason = ? and q.resolved_at is null
      order by q.stream, length(q.position), q.position, q.quarantine_id
      limit ? offset ?`,
    [shownLetters, shownCells, source, field, reason, size, (page - 1) * size],
  );
  return rows;
}
