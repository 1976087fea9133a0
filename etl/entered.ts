import type { Config } from './config-schema.ts';
import type { EnteredSource } from './config-sources.ts';
import type { LandedRow } from './connectors/connector.ts';
import type { ScopedLanding, ScopedRequest } from './connectors/remote/scope.ts';
import pg from 'pg';
import { streamRows } from './connectors/sql/postgres.ts';

/** The source that no configuration names: what people enter in the product itself, plans at first. */
export const enteredName = 'pulse_plans';

const entered: EnteredSource = {
  kind: 'entered',
  // Saving makes it due at once; this only finds again what a lost worker has left.
  schedule: '20 4 * * *',
  streams: [
    {
      name: 'plans',
      entity: 'plans',
      fields: {
        month: 'month',
        metric: 'metric',
        scope_kind: 'scope_kind',
        scope: 'scope',
        target: 'target',
      },
    },
    { name: 'calendar', entity: 'calendar', fields: { day: 'day', is_workday: 'is_workday' } },
  ],
};

/** One row, `is_used`: whether anybody has ever entered anything in the product. */
export const isUsedSql = `select exists (select from app.plan_batches)
  or exists (select from app.calendar_days) or exists (select from app.settings) as is_used`;

/** The configuration with what people enter as one more source, once they do. */
export function withEntered(config: Config, isUsed: boolean): Config {
  return isUsed ? { ...config, sources: { ...config.sources, [enteredName]: entered } } : config;
}

const questions: Record<string, string> = {
  // of equal month, metric and scope the latest that nobody has undone
  plans: `
    select distinct on (l.month, l.metric, l.scope_kind, lower(l.scope))
           l.batch_id::text as saved, to_char(l.month, 'YYYY-MM-DD') as month, l.metric, l.scope_kind, l.scope, l.target::text as target
      from app.plan_lines l join app.plan_batches b using (batch_id)
     where b.undone_at is null
     order by l.month, l.metric, l.scope_kind, lower(l.scope), l.batch_id desc`,
  calendar: `
    select to_char(changed_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') as saved, day::text as day, is_workday::text as is_workday
      from app.calendar_days order by day`,
};

/** What holds now, always all of it. */
export async function readEntered(
  stream: { entity: string },
  { wanted, scope }: ScopedRequest,
): Promise<ScopedLanding> {
  const url = scope.run?.warehouseUrl;
  const question = questions[stream.entity];
  const rows = url && question ? readLines(url, question, wanted) : (async function* () {})();
  return { columns: wanted, isFull: true, rows };
}

async function* readLines(url: string, question: string, wanted: string[]): AsyncGenerator<LandedRow> {
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-etl' });
  await client.connect();
  try {
    const rows = streamRows(client, question, []);
    let position = 0;
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      const values = wanted.map((column) => row[column] || null);
      yield { position: `saved ${row.saved}#${++position}`, values };
    }
  } finally {
    await client.end();
  }
}
