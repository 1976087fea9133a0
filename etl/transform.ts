import { readFileSync } from 'node:fs';
import type { Client } from 'pg';
import type { EntityName } from './entities.ts';

/** What is derived inside the warehouse, in order; each file says in its first lines which entities it reads. */
const files = [
  'teams',
  'stages',
  'deal_references',
  'deal_campaigns',
  'deal_history',
  'calendar',
  'funnel',
  'customer_facts',
  'plan_fact',
];

const transforms = files.map((name) => {
  const sql = readFileSync(new URL(`./transforms/${name}.sql`, import.meta.url), 'utf8');
  const reads = /^-- reads: (.*)$/m.exec(sql)?.[1]?.split(/,\s*/) ?? [];
  return { name, sql, reads };
});

/** Brings everything derived up to date after a merge of the given entities, in the same transaction. */
export async function transform(client: Client, runId: string, changed: EntityName[]): Promise<void> {
  for (const { name, sql, reads } of transforms) {
    if (!reads.some((entity) => changed.includes(entity as EntityName))) continue;
    try {
      await client.query(sql.replaceAll(':run_id', `${Number(runId)}`));
    } catch (error) {
      throw new Error(`deriving ${name} failed: ${(error as Error).message}`, { cause: error });
    }
  }
}
