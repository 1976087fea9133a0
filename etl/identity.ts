import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import { entities, entityNames } from './entities.ts';
import { label } from './identity/label.ts';
import { learnPhones } from './identity/phones.ts';
import { identifier, literal } from './sql-text.ts';

type Subject = {
  entity: 'customers' | 'employees';
  table: string;
  key: string;
  /** what a record is known by besides its e-mail: column, kind of identifier */
  kind: 'phone' | 'extension';
  /** what one copy of a record may tell for another */
  gaps: string[];
};

/** Employees first: a customer's owner is one of them. */
const subjects: Subject[] = [
  {
    entity: 'employees',
    table: 'core.dim_employees',
    key: 'employee_key',
    kind: 'extension',
    gaps: ['email', 'extension', 'team_key', 'role', 'hired_at', 'left_at'],
  },
  {
    entity: 'customers',
    table: 'core.dim_customers',
    key: 'customer_key',
    kind: 'phone',
    gaps: ['kind', 'industry', 'region', 'email', 'phone', 'owner_key', 'created_at'],
  },
];

const steps = Object.fromEntries(
  [
    ...['apart', 'changed', 'identifiers', 'active', 'links', 'sharing', 'groups', 'canonical', 'gaps'],
    ...['calls', 'counts'],
  ].map((name) => [name, readFileSync(new URL(`./identity/${name}.sql`, import.meta.url), 'utf8')]),
);
const temporary = [
  ...[
    'changed',
    'told',
    'values',
    'said',
    'linked',
    'links',
    'carriers',
    'judged',
    'turned',
    'nodes',
    'edges',
  ],
  ...['picked', 'moved', 'raws', 'called'],
].map((name) => `identity_${name}`);

/**
 * Finds which records of different systems are one customer or one employee, and lets facts carry the key of that one.
 * Reads the tables `changed_<entity>` and works on what hangs on the rows in them, so that a load costs by its changes;
 * the result is that of all rows at once, in whatever order they came. In the caller's transaction.
 */
export async function matchIdentities(client: Client): Promise<void> {
  const isRebased = await rebase(client);
  for (const subject of subjects) {
    const scope = await findScope(client, subject, isRebased);
    if (scope === 'none') continue;
    await match(client, subject, scope === 'whole');
    await client.query(`drop table if exists ${temporary.join(', ')}`);
  }
}

/** Nothing while no record can be that of another: `apart` is kept, so that it need not be looked for in all of them again. */
async function findScope(
  client: Client,
  subject: Subject,
  isRebased: boolean,
): Promise<'none' | 'changes' | 'whole'> {
  const { entity } = subject;
  const setting = `identity.apart.${entity}`;
  const was = await isTrue(client, `select from core.settings where key = '${setting}' and value = 'true'`);
  if (!was && !isRebased) return 'changes';
  const known = `select from ops.identifiers where entity = '${entity}'`;
  const isApart =
    !(await isTrue(client, known)) &&
    (await client.query<{ is_apart: boolean }>(compile('apart', subject, isRebased))).rows[0]?.is_apart ===
      true;
  if (was !== isApart)
    await client.query(
      `insert into core.settings values ($1, $2) on conflict (key) do update set value = excluded.value`,
      [setting, String(isApart)],
    );
  return isApart ? 'none' : 'whole';
}

async function match(client: Client, subject: Subject, isWhole: boolean): Promise<void> {
  const { entity, table } = subject;
  const step = (name: string) => run(client, name, subject, isWhole);
  if (!isWhole) await step('changed');
  await client.query(
    `update ops.identity_decisions set is_applied = true where entity = $1 and not is_applied`,
    [entity],
  );
  if (entity === 'customers') await learnPhones(client, recordsOf(subject, isWhole), isWhole);
  // An index is built ten times faster than it grows.
  const isFirst = isWhole && !(await isTrue(client, 'select from ops.identifiers offset 10000'));
  if (isFirst)
    await client.query(`alter table ops.identifiers drop constraint identifiers_pkey;
      drop index ops.identifiers_entity_kind_value_idx`);
  await step('identifiers');
  if (isFirst)
    await client.query(`alter table ops.identifiers add primary key (entity, key, kind, value);
      create index on ops.identifiers (entity, kind, value)`);
  const isMuch = isWhole || (await isTenth(client, table));
  if (await hasQuestions(client, subject)) {
    // Nobody else analyzes what this transaction has written, and the way from one record to the next depends on it.
    if (isMuch) await client.query('analyze ops.identifiers');
    await step('active');
    await step('links');
    await label(client, 'identity_linked', 'identity_links', 'super');
    await step('sharing');
    if (isMuch) await client.query('analyze ops.shared_identifiers');
    await step('groups');
    await label(client, 'identity_nodes', 'identity_edges', 'component');
    await label(client, 'identity_nodes', '(select a, b from identity_edges where is_said) s', 'super');
    await step('canonical');
    if (isMuch) await client.query(`analyze ${table}`);
    await repoint(client, subject);
    await step('counts');
  } else {
    await client.query(`
      create temp table identity_nodes (key bigint) on commit drop;
      create temp table identity_moved (key bigint) on commit drop`);
  }
  await step('gaps');
  if (entity === 'customers') await step('calls');
}

async function run(client: Client, step: string, subject: Subject, isWhole: boolean): Promise<void> {
  try {
    await client.query(compile(step, subject, isWhole));
  } catch (error) {
    throw new Error(`matching ${subject.entity} failed at «${step}»: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function compile(step: string, subject: Subject, isWhole: boolean): string {
  const { entity, table, key, kind, gaps } = subject;
  // Of several copies the first tells: a living one, a listed one, of a source with deals, in the order of the settings.
  const rank = (d: string, s: string): string =>
    `${d}.is_deleted, ${d}.is_inferred, not coalesce('deals' = any(${s}.entities), false), coalesce(${s}.position, 0),
     ${d}.source collate "C", ${d}.source_id collate "C"`;
  const filled = gaps.map(
    (column) => `'${column}', case when c.${column} is null then
      (array_agg(d.${column} order by ${rank('d', 's')}) filter (where d.${column} is not null))[1] end`,
  );
  return (steps[step] as string)
    .replaceAll(':entity', literal(entity))
    .replaceAll(':is_whole', String(isWhole))
    .replaceAll(':is_mine', isWhole ? 'true' : 'i.key in (select key from identity_changed)')
    .replaceAll(':records', recordsOf(subject, isWhole))
    .replaceAll(
      ':touched',
      isWhole ? 'identity_nodes' : `(select distinct ${key} as key from changed_${entity})`,
    )
    .replaceAll(':changed', isWhole ? table : `changed_${entity}`)
    .replaceAll(':called', isWhole ? 'core.fct_calls' : 'changed_calls')
    .replaceAll(':table', table)
    .replaceAll(':key', key)
    .replaceAll(':kind', literal(kind))
    .replaceAll(':number', kind)
    .replaceAll(':phone', kind === 'phone' ? 'd.phone' : 'null')
    .replaceAll(':extension', kind === 'extension' ? 'd.extension' : 'null')
    .replaceAll(':rank', rank('d', 's'))
    .replaceAll(':filled', filled.join(',\n'))
    .replaceAll(
      ':lacks',
      gaps.map((column) => `c.${column} is null and d.${column} is not null`).join(' or '),
    );
}

/** The records to be looked at, as `d`. */
function recordsOf({ table, key }: Subject, isWhole: boolean): string {
  return isWhole ? `${table} d` : `identity_changed c join ${table} d on d.${key} = c.key`;
}

async function isTrue(client: Client, rows: string): Promise<boolean> {
  const { rowCount } = await client.query(`${rows} limit 1`);
  return rowCount === 1;
}

async function hasQuestions(client: Client, { entity, table }: Subject): Promise<boolean> {
  return isTrue(
    client,
    `select where exists (select from identity_values)
       or exists (select from ops.identity_decisions where entity = '${entity}')
       or exists (select from ops.identity_conflicts where entity = '${entity}')
       or (select same_as from ${table} where same_as is not null order by same_as limit 1) is not null`,
  );
}

async function isTenth(client: Client, table: string): Promise<boolean> {
  return isTrue(
    client,
    `select where (select count(*) from identity_changed) > 500 + (select reltuples from pg_class where oid = '${table}'::regclass) / 10`,
  );
}

/** What all matches rest on besides the records: where it has changed, all of them are looked at again. */
async function rebase(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ had: unknown; country: boolean }>(`
    with basis as (
      select jsonb_build_object(
        'country', (select value from core.settings where key = 'reporting.country'),
        'sources', (select jsonb_agg(jsonb_build_array(source, position, entities) order by source) from ops.sources),
        'refs', (select jsonb_agg(r order by source, stream, field) from ops.stream_refs r)) as value
    ), had as (
      select value from core.settings where key = 'identity.basis'
    ), kept as (
      insert into core.settings as s select 'identity.basis', value from basis
      on conflict (key) do update set value = excluded.value where s.value <> excluded.value
      returning 1
    )
    select had.value as had, had.value -> 'country' is distinct from basis.value -> 'country' as country
    from kept cross join basis left join had on true`);
  const [moved] = rows;
  if (!moved) return false;
  if (moved.had !== null && moved.country) await client.query('delete from ops.phones');
  return true;
}

/** Facts of what has moved are resolved anew, from the ids that their source gave. */
async function repoint(client: Client, { entity, table, key }: Subject): Promise<void> {
  const { rowCount } = await client.query('select from identity_moved limit 1');
  if (!rowCount) return;
  const carriers = entityNames.flatMap((name) =>
    Object.entries(entities[name].fields).flatMap(([field, { ref }]) =>
      ref === entity ? [{ carrier: `core.${entities[name].table}`, field }] : [],
    ),
  );
  if (entity === 'employees') carriers.push({ carrier: 'core.hist_deals', field: 'owner_id' });
  for (const { carrier, field } of carriers) {
    const column = identifier(field.replace(/_id$/, '_key'));
    await client.query(`
      update ${carrier} t set ${column} = n.key
      from (
        select f.ctid as place, coalesce(d.same_as, d.${key}) as key
        from (select distinct was from identity_moved) m
        join ${carrier} f on f.${column} = m.was
        left join ops.stream_refs r on r.source = f.source and r.stream = f.stream and r.field = ${literal(field)}
        join ${table} d on d.source = coalesce(r.ref_source, f.source) and d.source_id = f.${identifier(field)}
      ) n
      where t.ctid = n.place and t.${column} <> n.key`);
  }
}
