import type { Command } from 'commander';
import pg from 'pg';
import { Problem } from '../../../schema/problem.ts';
import { findPlace } from '../place.ts';
import { showProgress } from '../progress.ts';
import { load, raiseSources } from '../stack/raise.ts';
import { readSecret } from '../stack/secret.ts';
import { withWarehouse } from '../stack/session.ts';
import type { Session } from '../stack/session.ts';
import { createSteps } from '../steps.ts';
import { printTable } from '../table.ts';
import { addStatus } from './etl-status.ts';

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

  addStatus(etl);

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
  if (!isRetry)
    command
      .option('--full', 'read all again, also where only changes would be read: finds what was deleted')
      .option(
        '--accept-deletions',
        'believe the named sources even if most of their rows, or a file, are gone',
      );
  command
    .argument('[source...]', 'by default all')
    .option('--json', 'print the runs as JSON')
    .action(
      async (
        only: string[],
        { json, full = false, acceptDeletions = false }: Json & { full?: boolean; acceptDeletions?: boolean },
      ) => {
        const wish = { only, isRetry, acceptDeletions, isWhole: full };
        const place = findPlace();
        await checkNames(place.config, only);
        if (acceptDeletions && only.length === 0)
          throw new Problem('--accept-deletions expects the sources by name.', { exitCode: 2 });
        const { summaries } = await open(async ({ raised, running, steps, warehouse }) => {
          if (raised) {
            await raiseSources(raised);
            return watched(warehouse, () => load(raised, wish));
          }
          const env = {
            ...process.env,
            ...running?.sources,
            WAREHOUSE_URL: warehouse,
            PULSE_SECRET: readSecret(place.home),
          };
          const loader = { place, env, steps, own: <T>(part: T) => part };
          return watched(warehouse, () => load(loader, wish));
        });
        if (json) console.log(JSON.stringify(summaries, null, 2));
        else
          printTable(
            summaries.map(({ source, status, seconds, error }) => ({ source, status, seconds, error })),
          );
        if (!json)
          for (const { warnings } of summaries) for (const line of warnings) console.log(`! ${line}`);
        if (summaries.some(({ status }) => status === 'failed')) process.exitCode = 1;
      },
    );
}

async function watched<T>(warehouse: string, work: () => Promise<T>): Promise<T> {
  const end = showProgress(warehouse);
  try {
    return await work();
  } finally {
    await end();
  }
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
