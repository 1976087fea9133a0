import type { Subject } from '../identities.ts';
import { warehouse } from '../warehouse.ts';
import { readPart, type Evidence, type Member } from './part.ts';

/** A customer or employee with all its records, the one whose name is shown first. */
export type Match = {
  members: (Member & {
    /** what this record has in common with another of them */
    evidence: Evidence[];
    /** who said that it is one with another of them */
    decided_by: string[];
  })[];
};

const shownMembers = 50;

/** Groups of records that are one, those of the newest records first. */
export async function readMatches(subject: Subject, limit: number, offset: number): Promise<Match[]> {
  const { table, key, member } = readPart(subject);
  const { rows } = await warehouse().raw<{ rows: Match[] }>(
    `with page as (
       select distinct same_as as key from ${table} where same_as is not null order by 1 desc limit ? offset ?
     ), members as (
       select p.key as whose, d.${key} as key, d.same_as is null as is_first, ${member('d')} as told, d.source, d.source_id,
              row_number() over (partition by p.key order by d.same_as is not null, d.source, d.source_id) as place
         from page p join ${table} d on d.${key} = p.key or d.same_as = p.key
     )
     select jsonb_agg(m.told || jsonb_build_object(
              'evidence', coalesce((
                select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value) order by i.kind, i.value)
                  from ops.identifiers i
                 where i.entity = ? and i.key = m.key and i.is_active
                   and not exists (select from ops.shared_identifiers s
                                    where s.entity = i.entity and s.kind = i.kind and s.value = i.value)
                   and exists (select from ops.identifiers o join members n on n.key = o.key and n.whose = m.whose
                                where o.entity = i.entity and o.kind = i.kind and o.value = i.value and o.key <> i.key
                                  and o.is_active)), '[]'),
              'decided_by', coalesce((
                select jsonb_agg(distinct q.decided_by)
                  from ops.identity_decisions q
                  join members n on n.whose = m.whose and n.key <> m.key
                 where q.entity = ? and q.verdict = 'same'
                   and ((q.source_a, q.id_a, q.source_b, q.id_b) = (m.source, m.source_id, n.source, n.source_id)
                     or (q.source_b, q.id_b, q.source_a, q.id_a) = (m.source, m.source_id, n.source, n.source_id))), '[]')
            ) order by m.place) as members
       from page p join members m on m.whose = p.key
      where m.place <= ?
      group by p.key
      order by p.key desc`,
    [limit, offset, subject, subject, shownMembers],
  );
  return rows;
}
