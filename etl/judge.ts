import type { Client } from 'pg';
import type { Stream } from './config.ts';
import { entities, referencesOf } from './entities.ts';
import type { MergeOptions } from './merge.ts';
import { belongsElsewhere, withoutFuture } from './merge-rules.ts';
import { identifier, literal } from './sql-text.ts';

/**
 * Decides what becomes of each row of the temporary table `mapped`: `judged` has one row per key, its newest version, with
 * `outcome` (inserted, updated, unchanged, elsewhere), `is_known` and `is_newer`; `fresh` is that with all columns.
 */
export async function judge(
  client: Client,
  stream: Stream,
  isNew: boolean,
  options: MergeOptions,
): Promise<void> {
  const entity = entities[stream.entity];
  const owner = `${literal(options.source)}::text`;
  const isInferred = entity.key ? 't.is_inferred' : 'false';
  // What is decided of each row lies apart, so that the wide rows are written once and read where they are needed.
  await client.query(`
    analyze mapped (${['source_id', 'problem_field', ...referencesOf(stream.entity).map(([field]) => field)].map(identifier).join(', ')});
    create unlogged table again as
    select _n from (
      select _n, row_number() over (partition by source_id order by version_at desc nulls last, _n desc) as place
      from mapped join (
        select source_id from mapped where problem_field is null group by source_id having count(*) > 1
      ) twice using (source_id)
      where problem_field is null
    ) m
    where place > 1;
    analyze again`);
  const newest = `mapped m left join again using (_n)
      where m.problem_field is null and again._n is null`;
  if (isNew) {
    const isInserted = `'inserted'::text as outcome, false as is_known, false as is_newer`;
    await client.query(`
      create view judged as select m._n, m.source_id, m.version_at, ${isInserted} from ${newest};
      create view fresh as select m.*, ${isInserted} from ${newest}`);
  } else {
    await client.query(`
      create unlogged table judged as
      select m._n, m.source_id, m.version_at, case
          when t.source_id is null or ${isInferred} then 'inserted'
          ${belongsElsewhere(stream, options)}
          when ${withoutFuture('m.version_at')} < t.source_updated_at then 'unchanged'
          when t.row_hash <> m.row_hash or (t.is_deleted and not coalesce(m.is_deleted, false)) then 'updated'
          else 'unchanged'
        end as outcome, t.source_id is not null as is_known,
        t.source_id is not null and m.version_at <= now() and m.version_at > coalesce(t.source_updated_at, '-infinity') as is_newer
      from (select m.* from ${newest}) m
      left join core.${entity.table} t on t.source = ${owner} and t.source_id = m.source_id;
      analyze judged;
      create view fresh as
      select m.*, j.outcome, j.is_known, j.is_newer from judged j join mapped m using (_n)`);
  }
}
