import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import type { EntityName } from './entities.ts';

/** What is derived inside the warehouse, in order; each file says in its first lines which entities it reads. */
const files = [
  'teams',
  'stages',
  'deal_references',
  'deal_campaigns',
  'attribution',
  'calendar',
  'funnel',
  'customer_facts',
  'cohorts',
  'plan_fact',
];

const transforms = files.map((name) => {
  const sql = readFileSync(new URL(`./transforms/${name}.sql`, import.meta.url), 'utf8');
  const reads = /^-- reads: (.*)$/m.exec(sql)?.[1]?.split(/,\s*/) ?? [];
  return { name, sql, reads };
});

/**
 * Brings what is derived from the given entities up to date, in the caller's transaction; `runId` is the first run
 * whose changes count. Ages and elapsed working days
 * move with time alone, so the first call of a day in the reporting zone derives everything.
 */
export async function transform(client: Client, runId: string, changed: EntityName[] | 'all'): Promise<void> {
  const isNewDay = await beginDay(client);
  for (const { name, sql, reads } of transforms) {
    const concerns = changed === 'all' || reads.some((entity) => changed.includes(entity as EntityName));
    if (!concerns && !isNewDay) continue;
    try {
      await client.query(sql.replaceAll(':run_id', `${Number(runId)}`));
    } catch (error) {
      throw new Error(`deriving ${name} failed: ${(error as Error).message}`, { cause: error });
    }
  }
}

async function beginDay(client: Client): Promise<boolean> {
  const { rowCount } = await client.query(`
    insert into core.settings (key, value)
    select 'derived.day', to_jsonb((now() at time zone (value #>> '{}'))::date) from core.settings where key = 'reporting.timezone'
    on conflict (key) do update set value = excluded.value where settings.value <> excluded.value`);
  return rowCount !== 0;
}
