import type { Client } from 'pg';
import { streamName, type Stream } from './config.ts';
import type { Entity } from './entities.ts';
import { note } from './connectors/rules.ts';
import type { MergeOptions } from './merge.ts';
import { isEmpty } from './fill.ts';
import { list, literal } from './sql-text.ts';

/** What merging does about rows that are not as they should be. */
export const mergeRules = {
  key: 'a key that comes again: its newest row was taken, else the last',
  elsewhere:
    'a record that another stream of this source gives too: that one stands, unless this row is newer',
  clock: 'changed in the future: the clock of the source is wrong, the moment of the load was taken',
  named: (entity: string) => `only named, so a record of ${entity} was made of the name`,
  circle: 'a team that lies below itself: each team of the circle counts for all of it',
} as const;

/** A moment that has come; a missing one stays missing. */
export const withoutFuture = (moment: string): string =>
  `case when ${moment} > now() then now() else ${moment} end`;

/**
 * Two streams of one source that give the same record would change it to and fro with each run: it stays with the
 * stream that gave it first, until that one no longer has it or another gives a newer version.
 * @returns a branch of a CASE over `m`, the new row, and `t`, the known one
 */
export function belongsElsewhere(stream: Stream, { source, config }: MergeOptions): string {
  const own = streamName(stream);
  const others = (config.sources[source]?.streams ?? [])
    .filter((other) => other.entity === stream.entity && streamName(other) !== own)
    .map(streamName);
  if (!others.length) return '';
  return `when t.stream in (${list(others)}) and not t.is_deleted
          and not coalesce(${withoutFuture('m.version_at')} > t.source_updated_at, false) then 'elsewhere'`;
}

/** So many rows of a landing came to this, by what their clock says. */
export type Outcome = { outcome: string; is_known: boolean; is_ahead: boolean | null; n: number };

/** So many rows of a landing were mapped like this. */
export type Mapped = {
  repair: string | null;
  is_bad: boolean;
  is_foreign: boolean | null;
  is_ahead: boolean | null;
  n: number;
};

/** Counts the mapped rows: repaired by which rule, not understood, in another currency than that of the reports. */
export async function countMapped(client: Client, entity: Entity, currency: string): Promise<Mapped[]> {
  const isForeign = entity.money ? `currency <> ${literal(currency)}` : 'false';
  const { rows } = await client.query<Mapped>(
    `select repair, problem_field is not null as is_bad, ${isForeign} as is_foreign, version_at > now() as is_ahead,
       count(*)::float8 as n
     from mapped group by 1, 2, 3, 4`,
  );
  return rows;
}

/** Counts what becomes of the judged rows. Where none is known and none comes again, all that is understood is new. */
export async function countOutcomes(client: Client, mapped: Mapped[], isNew: boolean): Promise<Outcome[]> {
  if (isNew && (await isEmpty(client, 'again')))
    return mapped
      .filter(({ is_bad }) => !is_bad)
      .map((row) => ({ ...row, outcome: 'inserted', is_known: false }));
  const { rows } = await client.query<Outcome>(
    `select outcome, is_known, version_at > now() as is_ahead, count(*)::float8 as n from judged group by 1, 2, 3`,
  );
  return rows;
}

/** Counts what the rules of mapping and merging did. */
export function nameRules(mapped: Mapped[], outcomes: Outcome[], { rules }: MergeOptions): void {
  const understood = mapped.filter(({ is_bad }) => !is_bad);
  for (const { repair, n } of understood) if (repair) note(rules, repair, n);
  const count = (which: (row: Outcome) => boolean): number =>
    outcomes.filter(which).reduce((sum, { n }) => sum + n, 0);
  const ahead = count(({ is_ahead }) => is_ahead === true);
  const elsewhere = count(({ outcome }) => outcome === 'elsewhere');
  const again = understood.reduce((sum, { n }) => sum + n, 0) - count(() => true);
  if (ahead) note(rules, mergeRules.clock, ahead);
  if (elsewhere) note(rules, mergeRules.elsewhere, elsewhere);
  if (again) note(rules, mergeRules.key, again);
}

/** Teams above which they stand themselves. Union drops what a circle would repeat for ever. */
export async function nameCircles(
  client: Client,
  stream: Stream,
  { source, rules }: MergeOptions,
): Promise<void> {
  if (stream.entity !== 'teams') return;
  const { rows } = await client.query<{ n: string }>(
    `with recursive above as (
       select source_id, parent_id from core.dim_teams where source = $1 and not is_deleted
       union
       select a.source_id, t.parent_id from above a join core.dim_teams t on t.source = $1 and t.source_id = a.parent_id
     )
     select count(*) as n from above where source_id = parent_id`,
    [source],
  );
  if (Number(rows[0]?.n)) note(rules, mergeRules.circle, Number(rows[0]?.n));
}

/** A newer version of equal content counts as well: what is older than it comes late. */
export async function rememberVersions(client: Client, core: string, source: string): Promise<void> {
  await client.query(
    `update ${core} t set source_updated_at = f.version_at from judged f
     where t.source = $1 and t.source_id = f.source_id and f.outcome = 'unchanged' and f.is_newer`,
    [source],
  );
}
