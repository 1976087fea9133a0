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
  ['changed', 'identifiers', 'active', 'links', 'sharing', 'groups', 'canonical', 'gaps', 'calls'].map(
    (name) => [name, readFileSync(new URL(`./identity/${name}.sql`, import.meta.url), 'utf8')],
  ),
);

/**
 * Finds which records of different systems are one customer or one employee, and lets facts carry the key of that one.
 * Reads the tables `changed_<entity>` and works on what hangs on the rows in them, so that a load costs by its changes;
 * the result is that of all rows at once, in whatever order they came. In the caller's transaction.
 */
export async function matchIdentities(client: Client): Promise<void> {
  const isWhole = await rebase(client);
  for (const subject of subjects) {
    await run(client, 'changed', subject, isWhole);
    const { rows } = await client.query<{ n: string }>('select count(*) as n from identity_changed');
    const changed = Number(rows[0]?.n);
    const hasChanged = changed > 0;
    if (subject.entity === 'customers') await learnPhones(client, isWhole);
    if (hasChanged) {
      await run(client, 'identifiers', subject, isWhole);
      // Nobody else analyzes what this transaction has written, and the way from one record to the next depends on it.
      if (changed > 500) await client.query('analyze ops.identifiers');
      await run(client, 'active', subject, isWhole);
      await run(client, 'links', subject, isWhole);
      await label(client, 'identity_linked', 'identity_links', 'super');
      await run(client, 'sharing', subject, isWhole);
      if (changed > 500) await client.query('analyze ops.shared_identifiers');
      await run(client, 'groups', subject, isWhole);
      await label(client, 'identity_nodes', 'identity_edges', 'component');
      await label(client, 'identity_nodes', '(select a, b from identity_edges where is_said) s', 'super');
      await run(client, 'canonical', subject, isWhole);
      if (changed > 500) await client.query(`analyze ${subject.table}`);
      await repoint(client, subject);
      await run(client, 'gaps', subject, isWhole);
    }
    if (subject.entity === 'customers') {
      if (!hasChanged)
        await client.query('create temp table identity_values (kind text, value text) on commit drop');
      if (!hasChanged) await client.query('create temp table identity_moved (key bigint) on commit drop');
      await run(client, 'calls', subject, isWhole);
    }
    await client.query(`
      drop table if exists identity_changed, identity_told, identity_values, identity_said, identity_linked,
        identity_links, identity_carriers, identity_judged, identity_turned, identity_nodes, identity_edges,
        identity_picked, identity_moved, identity_raws, identity_called`);
  }
}

async function run(client: Client, step: string, subject: Subject, isWhole: boolean): Promise<void> {
  const { entity, table, key, kind, gaps } = subject;
  // Of several copies the first tells: a living one, a listed one, of a source with deals, in the order of the settings.
  const rank = (d: string, s: string): string =>
    `${d}.is_deleted, ${d}.is_inferred, not coalesce('deals' = any(${s}.entities), false), coalesce(${s}.position, 0),
     ${d}.source collate "C", ${d}.source_id collate "C"`;
  const filled = gaps.map(
    (column) => `'${column}', case when c.${column} is null then
      (array_agg(d.${column} order by ${rank('d', 's')}) filter (where d.${column} is not null))[1] end`,
  );
  const sql = (steps[step] as string)
    .replaceAll(':entity', literal(entity))
    .replaceAll(':changed', isWhole ? table : `changed_${entity}`)
    .replaceAll(':called', isWhole ? 'core.fct_calls' : 'changed_calls')
    .replaceAll(':table', table)
    .replaceAll(':key', key)
    .replaceAll(':kind', literal(kind))
    .replaceAll(':phone', kind === 'phone' ? 'phone' : 'null')
    .replaceAll(':extension', kind === 'extension' ? 'extension' : 'null')
    .replaceAll(':rank', rank('d', 's'))
    .replaceAll(':filled', filled.join(',\n'));
  try {
    await client.query(sql);
  } catch (error) {
    throw new Error(`matching ${entity} failed at «${step}»: ${(error as Error).message}`, { cause: error });
  }
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
