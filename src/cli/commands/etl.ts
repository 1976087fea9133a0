import type { Command } from 'commander';
import pg from 'pg';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';
import { load, raiseSources } from '../stack/raise.ts';
import { readSecret } from '../stack/secret.ts';
import { withWarehouse } from '../stack/session.ts';
import type { Session } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';

type Json = { json?: boolean };

export function addEtl(program: Command): void {
  const etl = program.command('etl').description('load sources and look at what loading did');

  addLoading(etl.command('run').description('load now'), false);
  addLoading(
    etl
      .command('retry-quarantine')
      .description('read the rows in quarantine again, e.g. after mending the mapping'),
    true,
  );

  etl
    .command('status')
    .description('each source with its last run')
    .option('--json', 'print JSON')
    .action(async ({ json }: Json) => {
      const rows = await select(`
        select s.source, s.kind, r.status, r.started_at, r.finished_at, s.fresh_at, s.failures,
               coalesce(sum(t.read), 0)::int as read, coalesce(sum(t.quarantined), 0)::int as quarantined,
               coalesce(r.error, s.error) as error
        from ops.sources s
        left join lateral (select * from ops.runs where source = s.source order by started_at desc limit 1) r on true
        left join ops.run_streams t using (run_id)
        where s.is_configured
        group by s.source, s.kind, s.fresh_at, s.failures, s.error, r.status, r.started_at, r.finished_at, r.error
        order by s.source`);
      print(rows, json, 'Nothing was loaded yet: run "pulse etl run".');
    });

  etl
    .command('quarantine')
    .description('rows that could not be understood, with field and reason')
    .option('--source <name>', 'only of this source')
    .option('--limit <rows>', 'how many', '50')
    .option('--json', 'print JSON, with the rows themselves')
    .action(async ({ source, limit, json }: Json & { source?: string; limit: string }) => {
      if (!/^\d+$/.test(limit)) throw new Problem('--limit expects a whole number.', { exitCode: 2 });
      const rows = await select(
        `select quarantine_id::int, source, stream, position, field, value, reason, first_seen_at${json ? ', row' : ''}
         from ops.quarantine where resolved_at is null and ($1::text is null or source = $1)
         order by quarantine_id limit $2`,
        [source ?? null, Number(limit)],
      );
      print(rows, json, 'The quarantine is empty.');
    });
}

function addLoading(command: Command, isRetry: boolean): void {
  command
    .argument('[source...]', 'by default all')
    .option('--json', 'print the runs as JSON')
    .action(async (only: string[], { json }: Json) => {
      const place = findPlace();
      await checkNames(place.config, only);
      const { summaries } = await open(async ({ raised, running, steps, warehouse }) => {
        if (raised) {
          await raiseSources(raised);
          return load(raised, { only, isRetry });
        }
        const env = {
          ...process.env,
          ...running?.sources,
          WAREHOUSE_URL: warehouse,
          PULSE_SECRET: readSecret(place.home),
        };
        return load({ place, env, steps, own: (part) => part }, { only, isRetry });
      });
      if (json) console.log(JSON.stringify(summaries, null, 2));
      else
        printTable(
          summaries.map(({ source, status, seconds, error }) => ({ source, status, seconds, error })),
        );
      if (summaries.some(({ status }) => status === 'failed')) process.exitCode = 1;
    });
}

function open<T>(work: (session: Session) => Promise<T>): Promise<T> {
  return withWarehouse(findPlace(), createSteps(process.stderr), work);
}

function select(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return open(async ({ warehouse }) => {
    const client = new pg.Client({ connectionString: warehouse });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql, values)).rows;
    } finally {
      await client.end();
    }
  });
}

function print(rows: Record<string, unknown>[], json: boolean | undefined, empty: string): void {
  if (json) console.log(JSON.stringify(rows, null, 2));
  else if (rows.length === 0) console.log(empty);
  else printTable(rows);
}

/** A source's name that is wrong, and settings that are, are told before anything is started. */
async function checkNames(config: string | null, only: string[]): Promise<void> {
  if (!config) return;
  const { readConfig } = await import('../../../etl/config.ts');
  const known = Object.keys(readConfig(config).sources);
  const wrong = only.find((name) => !known.includes(name));
  if (wrong)
    throw new Problem(`There is no source ${wrong} in ${config}: there are ${known.join(', ')}.`, {
      exitCode: 2,
    });
}
