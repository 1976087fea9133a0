import type { Subject } from '../identities.ts';
import { warehouse } from '../warehouse.ts';
import { readPart, type Evidence, type Member } from './part.ts';

/** Records that may be one: because they share an identifier, or because a chain of matches contradicts itself. */
export type Question = {
  /** what is shared; null for a chain */
  about: Evidence | null;
  records: number;
  /** pairs that nobody has decided about; `more` of them are not shown */
  pairs: { a: Member; b: Member; evidence: Evidence[] }[];
  more: number;
  /** somebody has decided since the last load */
  waits: boolean;
};

const shownPairs = 8;
const shownMembers = 60;

/** What only a person can answer, chains first. */
export async function readOpen(subject: Subject, limit: number, offset: number): Promise<Question[]> {
  const { table, key, member } = readPart(subject);
  const { rows } = await warehouse().raw<{ rows: Question[] }>(
    `with items as (
       select conflict_key as chain, null as kind, null as value, count(*)::integer as records
         from ops.identity_conflicts where entity = :subject group by conflict_key
       union all
       select null, kind, value, records from ops.shared_identifiers where entity = :subject and is_open
     ), page as (
       select *, row_number() over (order by chain, kind, value) as item
         from items order by chain, kind, value limit :limit offset :offset
     ), members as (
       select * from (
         select p.item, p.chain, d.*, d.${key} as key, coalesce(d.same_as, d.${key}) as whose,
                row_number() over (partition by p.item order by d.is_inferred, d.source, d.source_id) as place
           from page p
           join lateral (
             select c.key from ops.identity_conflicts c where c.entity = :subject and c.conflict_key = p.chain
             union all
             select i.key from ops.identifiers i
              where i.entity = :subject and i.kind = p.kind and i.value = p.value and i.is_active
           ) k on true
           join ${table} d on d.${key} = k.key
       ) m where place <= :members
     ), pairs as (
       select a.item, ${member('a')} as a, ${member('b')} as b, e.evidence,
              row_number() over (partition by a.item order by a.place, b.place) as place,
              count(*) over (partition by a.item) as n
         from members a
         join members b on b.item = a.item and b.place > a.place and b.whose <> a.whose
         cross join lateral (
           select jsonb_agg(jsonb_build_object('kind', i.kind, 'value', i.value) order by i.kind, i.value) as evidence
             from ops.identifiers i join ops.identifiers o using (entity, kind, value)
            where i.entity = :subject and i.key = a.key and o.key = b.key and i.is_active and o.is_active
         ) e
        where (a.source <> b.source or a.is_inferred or b.is_inferred)
          and (a.chain is null or e.evidence is not null)
          and not exists (
            select from ops.identity_decisions q
             where q.entity = :subject and q.verdict <> 'undecided'
               and ((q.source_a, q.id_a, q.source_b, q.id_b) = (a.source, a.source_id, b.source, b.source_id)
                 or (q.source_b, q.id_b, q.source_a, q.id_a) = (a.source, a.source_id, b.source, b.source_id)))
     )
     select case when p.chain is null then jsonb_build_object('kind', p.kind, 'value', p.value) end as about, p.records,
            coalesce(jsonb_agg(jsonb_build_object('a', q.a, 'b', q.b, 'evidence', coalesce(q.evidence, '[]')) order by q.place)
              filter (where q.place <= :pairs), '[]') as pairs,
            greatest(coalesce(max(q.n), 0) - :pairs, 0) as more,
            exists (
              select from ops.common_identifiers c
               where c.entity = :subject and c.kind = p.kind and c.value = p.value and not c.is_applied
            ) or exists (
              select from ops.identity_decisions d
                join members m on m.item = p.item
                 and ((m.source = d.source_a and m.source_id = d.id_a) or (m.source = d.source_b and m.source_id = d.id_b))
               where d.entity = :subject and not d.is_applied
            ) as waits
       from page p left join pairs q on q.item = p.item
      group by p.item, p.chain, p.kind, p.value, p.records
      order by p.item`,
    { subject, limit, offset, members: shownMembers, pairs: shownPairs },
  );
  return rows;
}
