// Lands the first stream of each source of a configuration and tells how much memory it took up to then.
import pg from 'pg';
import { readConfig } from '../../../etl/config.ts';
import { land } from '../../../etl/landing.ts';
import { wantedColumns } from '../../../etl/mapping.ts';
import { openStream } from '../../../etl/open-stream.ts';

const { WAREHOUSE_URL = '', PULSE_CONFIG = '' } = process.env;
const config = readConfig(PULSE_CONFIG);
const client = new pg.Client({ connectionString: WAREHOUSE_URL });
await client.connect();
const landed: { read: number; peak: number }[] = [];
for (const [name, source] of Object.entries(config.sources)) {
  const [stream] = source.streams;
  if (!stream) continue;
  const landing = await openStream(source, stream, {
    wanted: wantedColumns(stream),
    since: null,
    configPath: config.path,
    signal: new AbortController().signal,
  });
  const { read, table } = await land(client, name, 'products', landing);
  await client.query(`drop table ${table}`);
  landed.push({ read, peak: process.resourceUsage().maxRSS / 1024 });
}
await client.end();
console.log(JSON.stringify(landed));
