import type { Client } from 'pg';
import { streamName, type Config, type Stream } from './config.ts';
import { entities, fieldsOf, type Entity, type EntityName, type Field } from './entities.ts';
import { isEmpty, openFill } from './fill.ts';
import { note, type Rules } from './connectors/rules.ts';
import type { Landed } from './landing.ts';
import { compileMapping } from './mapping.ts';
import {
  belongsElsewhere,
  countMapped,
  type Outcome,
  mergeRules,
  nameCircles,
  nameRules,
  rememberVersions,
  withoutFuture,
} from './merge-rules.ts';
import { quarantine } from './quarantine.ts';
import { identifier, literal } from './sql-text.ts';
import { isTooPoor, type FilesGone, type Warning } from './vanishing.ts';

export type Counts = {
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  duplicate: number;
  quarantined: number;
  deleted: number;
};

export type MergeOptions = {
  runId: string;
  source: string;
  timezone: string;
  empty: string[] | undefined;
  config: Config;
  /** the landing holds all that the source has: what is missing in it has vanished */
  isFull: boolean;
  /** nobody reads what is loaded before all of it is there */
  isFirst: boolean;
  /** a full landing that holds little or nothing is believed all the same */
  acceptDeletions: boolean;
  /** files of the last full landing that this one lacks */
  filesGone: FilesGone;
  warn(warning: Warning): void;
  /** what was done about rows that are not as they should be */
  rules: Rules;
};

/**
 * Carries one landing into core: maps and checks it, sends what cannot be understood to quarantine, keeps the newest
 * version of each key, creates what is only named, and writes what is new or changed. Runs in the caller's transaction.
 */
export async function merge(
  client: Client,
  stream: Stream,
  landed: Landed,
  options: MergeOptions,
): Promise<Counts> {
  const entity = entities[stream.entity];
  const { source } = options;
  await client.query('drop table if exists mapped cascade; drop table if exists again, judged');
  await client.query(
    `create temp table mapped on commit drop as ${compileMapping(stream, { ...landed, timezone: options.timezone, empty: options.empty })}`,
  );
  const { currency } = options.config.reporting;
  let mapped = await countMapped(client, entity, currency);
  if (entity.money) {
    await client.query('alter table mapped add column _rate numeric not null default 1');
    if (mapped.some((row) => row.is_foreign)) {
      await exchange(client, entity.money, currency);
      mapped = await countMapped(client, entity, currency);
    }
  }
  const quarantined = mapped.reduce((sum, { is_bad, n }) => sum + (is_bad ? n : 0), 0);
  await quarantine(client, stream, landed, quarantined, options);

  const core = `core.${entity.table}`;
  const isNew = await isEmpty(client, core);
  const owner = `${literal(source)}::text`;
  const isInferred = entity.key ? 't.is_inferred' : 'false';
  // What is decided of each row lies apart, so that the wide rows are written once and read where they are needed.
  await client.query(`
    analyze mapped (${['source_id', 'problem_field', ...references(stream.entity).map(([field]) => field)].map(identifier).join(', ')});
    create temp table again on commit drop as
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
      create temp view judged as select m._n, m.source_id, m.version_at, ${isInserted} from ${newest};
      create temp view fresh as select m.*, ${isInserted} from ${newest}`);
  } else {
    await client.query(`
      create temp table judged on commit drop as
      select m._n, m.source_id, m.version_at, case
          when t.source_id is null or ${isInferred} then 'inserted'
          ${belongsElsewhere(stream, options)}
          when ${withoutFuture('m.version_at')} < t.source_updated_at then 'unchanged'
          when t.row_hash <> m.row_hash or (t.is_deleted and not coalesce(m.is_deleted, false)) then 'updated'
          else 'unchanged'
        end as outcome, t.source_id is not null as is_known,
        t.source_id is not null and m.version_at <= now() and m.version_at > coalesce(t.source_updated_at, '-infinity') as is_newer
      from (select m.* from ${newest}) m
      left join ${core} t on t.source = ${owner} and t.source_id = m.source_id;
      analyze judged;
      create temp view fresh as
      select m.*, j.outcome, j.is_known, j.is_newer from judged j join mapped m using (_n)`);
  }

  await inferNamed(client, stream, options);
  const { rows } = await client.query<Outcome>(
    `select outcome, is_known, version_at > now() as is_ahead, count(*)::float8 as n from judged group by 1, 2, 3`,
  );
  const count = (outcome: string, which: (row: Outcome) => boolean = () => true): number => {
    const counted = rows.filter((row) => row.outcome === outcome && which(row));
    return counted.reduce((sum, { n }) => sum + n, 0);
  };
  nameRules(mapped, rows, options);
  const hasKnown = count('updated') + count('inserted', (row) => row.is_known) > 0;
  const hasMany = isNew && options.isFirst && count('inserted') > fewRows;
  const closeFill = hasMany ? await openFill(client, core) : undefined;
  if (hasKnown || count('inserted')) await write(client, stream, entity, options, { isNew, hasKnown });
  await closeFill?.();
  // Readers' statistics come too late for what comes next in this transaction.
  if (await isOutgrown(client, core, count('inserted') + count('updated')))
    await client.query(`analyze ${core}`);
  if (count('unchanged')) await rememberVersions(client, core, source);
  await nameCircles(client, stream, options);
  const deleted =
    options.isFull && stream.vanished !== 'keep' && !isNew
      ? await markVanished(client, stream, entity, landed, count('inserted'), options)
      : 0;
  const kept = count('inserted') + count('updated') + count('unchanged');
  return {
    read: landed.read,
    inserted: count('inserted'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    duplicate: landed.read - quarantined - kept,
    quarantined,
    deleted,
  };
}

/** Up to so many rows indexes grow as fast as they are built. */
const fewRows = 2000;

/** Statistics are worth their time where a good part of the table is new. */
async function isOutgrown(client: Client, table: string, changed: number): Promise<boolean> {
  const { rows } = await client.query<{ rows: number }>(
    'select reltuples::float8 as rows from pg_class where oid = $1::regclass',
    [table],
  );
  return changed > 500 && changed > 0.1 * (rows[0]?.rows ?? 0);
}

/** The rate of the event's own day, or the nearest earlier one; a currency without any is a reason for quarantine. */
async function exchange(
  client: Client,
  money: NonNullable<Entity['money']>,
  reporting: string,
): Promise<void> {
  const at = `coalesce(${money.at.map((field) => `m.${identifier(field)}`).join(', ')}, now())`;
  await client.query(
    `update mapped m set _rate = coalesce((
        select r.rate from core.fx_rates r
        where r.currency = m.currency and not r.is_deleted
          and r.day <= (${at} at time zone (select value #>> '{}' from core.settings where key = 'reporting.timezone'))::date
        order by r.day desc, r.loaded_at desc limit 1), 0)
     where m.currency <> $1 and m.problem_field is null`,
    [reporting],
  );
  await client.query(
    `update mapped set problem_field = 'currency', problem_value = currency,
       problem_reason = 'no exchange rate for this currency on or before the day; load fx_rates, then retry-quarantine'
     where _rate = 0`,
  );
}

/** Whatever is only named (a manager in a column of deals) becomes a record of its own, until its source tells more. */
async function inferNamed(client: Client, stream: Stream, { source, rules }: MergeOptions): Promise<void> {
  for (const [field, definition] of references(stream.entity)) {
    const target = entities[definition.ref as EntityName];
    if (!target.key || !(field in stream.fields)) continue;
    const { rowCount } = await client.query(
      `insert into core.${target.table} (source, source_id, name, is_inferred)
       select distinct $1::text, f.${identifier(field)}, f.${identifier(field)}, true
       from fresh f left join core.${target.table} d on d.source = $1 and d.source_id = f.${identifier(field)}
       where f.outcome in ('inserted', 'updated') and f.${identifier(field)} is not null and d.source_id is null
       on conflict do nothing`,
      [stream.refs?.[field] ?? source],
    );
    if (!rowCount) continue;
    note(rules, mergeRules.named(definition.ref as string), rowCount);
    if (await isOutgrown(client, `core.${target.table}`, rowCount))
      await client.query(`analyze core.${target.table}`);
  }
}

async function write(
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

/**
 * What a full landing no longer holds is marked, not removed. A row in quarantine is there, only not understood.
 * A landing that is too poor, or lacks a file, marks nothing until somebody confirms it: an export that broke off
 * looks just like a list that was emptied.
 */
async function markVanished(
  client: Client,
  stream: Stream,
  entity: Entity,
  landed: Landed,
  inserted: number,
  { source, runId, acceptDeletions, filesGone, warn }: MergeOptions,
): Promise<number> {
  const name = streamName(stream);
  await client.query('savepoint vanishing');
  const { rowCount } = await client.query(
    `update core.${entity.table} t set is_deleted = true, run_id = $3, loaded_at = now()
     where t.source = $1 and t.stream = $2 and not t.is_deleted
       and not exists (select from judged f where f.source_id = t.source_id)
       and not exists (select from mapped m where m.problem_field is not null and m.source_id = t.source_id)`,
    [source, name, runId],
  );
  const vanished = rowCount ?? 0;
  if (vanished === 0 || acceptDeletions) return vanished;
  const { rows } = await client.query<{ n: string }>(
    `select count(*) as n from core.${entity.table} where source = $1 and stream = $2 and not is_deleted`,
    [source, name],
  );
  const known = Math.max(0, Number(rows[0]?.n) - inserted) + vanished;
  if (!isTooPoor(landed, { known, vanished, gone: filesGone })) return vanished;
  await client.query('rollback to savepoint vanishing');
  const { files } = filesGone;
  if (files.length) warn({ code: 'files_gone', stream: name, files: files.slice(0, 20), vanished });
  else warn({ code: 'rows_kept', stream: name, known, vanished });
  return 0;
}

function references(entity: EntityName): [string, Field][] {
  return Object.entries(fieldsOf(entity)).filter(([, field]) => field.ref);
}

/** Columns that core keeps without nulls though their field may be missing. */
function orDefault(entity: EntityName, field: string, value: string): string {
  if (entity === 'plans' && field === 'scope') return `coalesce(${value}, '')`;
  return value;
}
