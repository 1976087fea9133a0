import type { Client } from 'pg';
import { streamName, type Config, type Stream } from './config.ts';
import type { Rules } from './connectors/rules.ts';
import { entities, type Entity } from './entities.ts';
import { fewRows, isEmpty, keepStatistics, openFill } from './fill.ts';
import { judge } from './judge.ts';
import type { Landed } from './landing.ts';
import { compileMapping } from './mapping.ts';
import {
  countMapped,
  countOutcomes,
  nameCircles,
  nameRules,
  rememberVersions,
  type Outcome,
} from './merge-rules.ts';
import { inferNamed, write } from './merge-write.ts';
import { quarantine } from './quarantine.ts';
import { identifier } from './sql-text.ts';
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
    `create unlogged table mapped as ${compileMapping(stream, { ...landed, timezone: options.timezone, empty: options.empty })}`,
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
  await judge(client, stream, isNew, options);
  await inferNamed(client, stream, options);
  const rows = await countOutcomes(client, mapped, isNew);
  const count = (outcome: string, which: (row: Outcome) => boolean = () => true): number => {
    const counted = rows.filter((row) => row.outcome === outcome && which(row));
    return counted.reduce((sum, { n }) => sum + n, 0);
  };
  nameRules(mapped, rows, options);
  const hasKnown = count('updated') + count('inserted', (row) => row.is_known) > 0;
  const hasMany = isNew && options.isFirst && count('inserted') > fewRows;
  const closeFill = hasMany ? await openFill(client, core, true) : undefined;
  if (hasKnown || count('inserted')) await write(client, stream, entity, options, { isNew, hasKnown });
  await closeFill?.();
  // Readers' statistics come too late for what comes next in this transaction.
  await keepStatistics(client, core, count('inserted') + count('updated'));
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
