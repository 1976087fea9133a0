// Lands the first stream of a configuration and tells how much memory that took.
import pg from 'pg';
import { readConfig } from '../../../etl/config.ts';
import { land } from '../../../etl/landing.ts';
import { wantedColumns } from '../../../etl/mapping.ts';
import { openStream } from '../../../etl/run.ts';

const { WAREHOUSE_URL = '', PULSE_CONFIG = '' } = process.env;
const config = readConfig(PULSE_CONFIG);
const [source] = Object.values(config.sources);
const [stream] = source?.streams ?? [];
if (!source || !stream) throw new Error('nothing to land');
const client = new pg.Client({ connectionString: WAREHOUSE_URL });
await client.connect();
const landing = await openStream(source, stream, {
  wanted: wantedColumns(stream),
  since: null,
  configPath: config.path,
  signal: new AbortController().signal,
});
const { read, table } = await land(client, 'big', 'products', landing);
await client.query(`drop table ${table}`);
await client.end();
console.log(JSON.stringify({ read, peak: process.resourceUsage().maxRSS / 1024 }));
