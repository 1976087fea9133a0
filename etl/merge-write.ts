import type { Client } from 'pg';
import { streamName, type Stream } from './config.ts';
import { note } from './connectors/rules.ts';
import { entities, referencesOf, type Entity, type EntityName } from './entities.ts';
import { fewRows, isEmpty, keepStatistics, openFill } from './fill.ts';
import type { MergeOptions } from './merge.ts';
import { mergeRules, withoutFuture } from './merge-rules.ts';
import { identifier, literal } from './sql-text.ts';

/** Whatever is only named (a manager in a column of deals) becomes a record of its own, until its source tells more. */
export async function inferNamed(
  client: Client,
  stream: Stream,
  { source, rules, isFirst }: MergeOptions,
): Promise<void> {
  const fields = referencesOf(stream.entity).filter(
    ([field, { ref }]) => entities[ref as EntityName].key && field in stream.fields,
  );
  if (!fields.length) return;
  // All that is named in one look at the rows.
  const names = fields.map(([field]) => `f.${identifier(field)}`);
  await client.query(`
    drop table if exists named;
    create unlogged table named as
    select ${names.join(', ')} from fresh f where f.outcome in ('inserted', 'updated')
    group by grouping sets (${names.map((name) => `(${name})`).join(', ')})`);
  for (const [field, { ref }] of fields) {
    const table = `core.${entities[ref as EntityName].table}`;
    const hasMany = isFirst && (await isEmpty(client, table)) && (await countNames(client, field)) > fewRows;
    const closeFill = hasMany ? await openFill(client, table, true) : undefined;
    const { rowCount } = await client.query(
      `insert into ${table} (source, source_id, name, is_inferred)
       select $1::text, n.${identifier(field)}, n.${identifier(field)}, true
       from named n left join ${table} d on d.source = $1 and d.source_id = n.${identifier(field)}
       where n.${identifier(field)} is not null and d.source_id is null
       on conflict do nothing`,
      [stream.refs?.[field] ?? source],
    );
    await closeFill?.();
    if (!rowCount) continue;
    note(rules, mergeRules.named(ref as string), rowCount);
    await keepStatistics(client, table, rowCount);
  }
}

async function countNames(client: Client, field: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `select count(${identifier(field)})::float8 as n from named`,
  );
  return rows[0]?.n ?? 0;
}

/** Writes what is new or changed, with the keys of what it names. */
export async function write(
  client: Client,
  stream: Stream,
  entity: Entity,
  { source, runId }: MergeOptions,
  { isNew, hasKnown }: { isNew: boolean; hasKnown: boolean },
): Promise<void> {
  const columns: [name: string, sql: string][] = [];
  const joins: string[] = [];
  for (const [field, definition] of Object.entries(entity.fields)) {
    if (field === 'source_id') continue;
    const value = `f.${identifier(field)}`;
    if (entity.money?.fields.includes(field)) {
      columns.push([`${field}_original`, value], [field, `${value} * f._rate`]);
    } else if (stream.entity === 'deals' && field === 'status') {
      columns.push(
        ['status_given', value],
        [
          'status',
          `coalesce(${value}, case stage.kind when 'won' then 'won' when 'lost' then 'lost' end, 'open')`,
        ],
      );
      joins.push(
        `left join core.dim_stages stage on stage.source = ${literal(stream.refs?.stage_id ?? source)} and stage.source_id = f.stage_id`,
      );
    } else if (definition.type === 'boolean' && entity.table !== 'calendar_days') {
      columns.push([field, `coalesce(${value}, false)`]);
    } else {
      columns.push([definition.column ?? field, orDefault(stream.entity, field, value)]);
    }
    if (definition.ref && !(field in stream.fields)) {
      columns.push([field.replace(/_id$/, '_key'), 'null::bigint']);
    } else if (definition.ref) {
      const target = entities[definition.ref];
      const alias = `r_${field}`;
      const key = `${alias}.${target.key ?? 'deal_key'}`;
      const isMatched = definition.ref === 'customers' || definition.ref === 'employees';
      columns.push([field.replace(/_id$/, '_key'), isMatched ? `coalesce(${alias}.same_as, ${key})` : key]);
      joins.push(
        `left join core.${target.table} ${alias} on ${alias}.source = ${literal(stream.refs?.[field] ?? source)} and ${alias}.source_id = f.${identifier(field)}`,
      );
    }
  }
  columns.push(
    ['stream', literal(streamName(stream))],
    ['row_hash', 'f.row_hash'],
    // A clock that runs ahead must not keep true changes out until its time has come.
    ['source_updated_at', withoutFuture('f.version_at')],
    ['is_deleted', 'coalesce(f.is_deleted, false)'],
    ['run_id', runId],
    ['loaded_at', 'now()'],
  );
  if (entity.key) columns.push(['is_inferred', 'false']);
  const names = columns.map(([name]) => identifier(name)).join(', ');
  const values = columns.map(([, sql]) => sql).join(', ');
  const from = `from fresh f ${joins.join(' ')}`;
  await client.query(
    `insert into core.${entity.table} (source, source_id, ${names})
     select ${literal(source)}, f.source_id, ${values} ${from}
     where f.outcome = 'inserted' and not f.is_known
     ${isNew ? '' : 'on conflict (source, source_id) do nothing'}`,
  );
  if (!hasKnown) return;
  await client.query(
    `update core.${entity.table} t set (${names}) = (select ${columns.map(([name]) => `n.${identifier(name)}`).join(', ')})
     from (select f.source_id as _id, ${columns.map(([name, sql]) => `${sql} as ${identifier(name)}`).join(', ')} ${from}
           where f.outcome in ('inserted', 'updated') and f.is_known) n
     where t.source = ${literal(source)} and t.source_id = n._id`,
  );
}

/** Columns that core keeps without nulls though their field may be missing. */
function orDefault(entity: EntityName, field: string, value: string): string {
  if (entity === 'plans' && field === 'scope') return `coalesce(${value}, '')`;
  return value;
}
