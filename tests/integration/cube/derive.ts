import pg from 'pg';
import { transform } from '../../../etl/transform.ts';

export const settings = `insert into core.settings values ('reporting.timezone', '"Europe/Moscow"'),
  ('limits.churn_days', '365'), ('limits.first_response_hours', '24'),
  ('limits.contact_days', '{"gold": 14, "silver": 21, "bronze": 21, "occasional": 21}')
  on conflict (key) do update set value = excluded.value`;

/** Derives everything anew, as the end of a first load does; what is derived may not depend on what was there. */
export async function derive(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('begin');
    await transform(client);
    await client.query('commit');
  } finally {
    await client.end();
  }
}
