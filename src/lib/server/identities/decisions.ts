import type { Subject } from '../identities.ts';
import { warehouse } from '../warehouse.ts';
import { readPart } from './part.ts';

export type Verdict = 'same' | 'different' | 'undecided';
export type Pair = [Ref, Ref];
type Ref = { source: string; id: string };

/** `names` are null where a record is not there any more, or not yet. */
export type Decided = {
  pair: Pair;
  names: [string | null, string | null];
  verdict: Verdict;
  by: string;
  at: string;
  comment: string | null;
  is_applied: boolean;
};

const shown = 50;

/** The latest decisions first. One that was taken back is shown until a load has acted on it. */
export async function readDecisions(subject: Subject): Promise<Decided[]> {
  const { table } = readPart(subject);
  const { rows } = await warehouse().raw<{ rows: (Omit<Decided, 'at'> & { at: Date })[] }>(
    `select jsonb_build_array(jsonb_build_object('source', q.source_a, 'id', q.id_a),
              jsonb_build_object('source', q.source_b, 'id', q.id_b)) as pair,
            jsonb_build_array(left(a.name, 300), left(b.name, 300)) as names,
            q.verdict, q.decided_by as by, q.decided_at as at, q.comment, q.is_applied
       from ops.identity_decisions q
       left join ${table} a on a.source = q.source_a and a.source_id = q.id_a
       left join ${table} b on b.source = q.source_b and b.source_id = q.id_b
      where q.entity = ? and (q.verdict <> 'undecided' or not q.is_applied)
      order by q.decided_at desc, q.source_a, q.id_a
      limit ?`,
    [subject, shown],
  );
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

/** @returns false where one of the two is not a record, or both are the same one */
export async function write(
  subject: Subject,
  pair: Pair,
  verdict: Verdict,
  by: string,
  comment: string | null,
): Promise<boolean> {
  const { table } = readPart(subject);
  const { rowCount } = await warehouse().raw<{ rowCount: number }>(
    `with known as (
       select d.source, d.source_id, row_number() over (order by d.source collate "C", d.source_id collate "C") as place,
              count(*) over () as n
         from ${table} d where (d.source, d.source_id) in ((?, ?), (?, ?))
     )
     insert into ops.identity_decisions as q
       (entity, source_a, id_a, source_b, id_b, verdict, decided_by, comment)
     select ?, a.source, a.source_id, b.source, b.source_id, ?, ?, ?
       from known a join known b on a.place = 1 and b.place = 2
     on conflict (entity, source_a, id_a, source_b, id_b) do update
       set verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = now(), comment = excluded.comment,
           is_applied = false`,
    [...pair.flatMap(({ source, id }) => [source, id]), subject, verdict, by, comment],
  );
  return rowCount === 1;
}
