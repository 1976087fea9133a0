import type { Config, EnteredSource } from './config-schema.ts';
import type { LandedRow } from './connectors/connector.ts';
import type { ScopedLanding, ScopedRequest } from './connectors/remote/scope.ts';
import pg from 'pg';
import { streamRows } from './connectors/sql/postgres.ts';

/** The source that no configuration names: what people enter in the product itself. */
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
  ],
};

/** One row, `is_used`: whether anybody has ever saved plans in the product. */
export const isUsedSql = 'select exists (select from app.plan_batches) as is_used';

/** The configuration with what people enter as one more source, once they do. */
export function withEntered(config: Config, isUsed: boolean): Config {
  return isUsed ? { ...config, sources: { ...config.sources, [enteredName]: entered } } : config;
}

/** The plans that hold now: of equal month, metric and scope the latest that nobody has undone. Always all of them. */
export async function readEntered({ wanted, scope }: ScopedRequest): Promise<ScopedLanding> {
  const url = scope.run?.warehouseUrl;
  return { columns: wanted, isFull: true, rows: url ? readLines(url, wanted) : (async function* () {})() };
}

async function* readLines(url: string, wanted: string[]): AsyncGenerator<LandedRow> {
  const client = new pg.Client({ connectionString: url, application_name: 'pulse-etl' });
  await client.connect();
  try {
    const rows = streamRows(
      client,
      `select distinct on (l.month, l.metric, l.scope_kind, lower(l.scope))
              l.batch_id::text, to_char(l.month, 'YYYY-MM-DD') as month, l.metric, l.scope_kind, l.scope, l.target::text as target
         from app.plan_lines l join app.plan_batches b using (batch_id)
        where b.undone_at is null
        order by l.month, l.metric, l.scope_kind, lower(l.scope), l.batch_id desc`,
      [],
    );
    let position = 0;
    for await (const row of rows as AsyncIterable<Record<string, string>>) {
      const values = wanted.map((column) => row[column] || null);
      yield { position: `saved ${row.batch_id}#${++position}`, values };
    }
  } finally {
    await client.end();
  }
}
