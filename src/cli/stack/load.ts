// A part of its own: loads what PULSE_CONFIG names into WAREHOUSE_URL once, tells the summary, and ends.
import { readConfig } from '../../../etl/config.ts';
import { runSources } from '../../../etl/run.ts';

const { WAREHOUSE_URL, PULSE_CONFIG } = process.env;
if (!WAREHOUSE_URL || !PULSE_CONFIG) throw new Error('WAREHOUSE_URL and PULSE_CONFIG are needed');

const given = process.argv.slice(2);
const isRetry = given.includes('--retry');
const acceptDeletions = given.includes('--accept-deletions');
const isWhole = given.includes('--full');
const only = given.filter((word) => !word.startsWith('--'));
const summaries = await runSources({
  warehouseUrl: WAREHOUSE_URL,
  config: readConfig(PULSE_CONFIG),
  ...(only.length > 0 && { only }),
  isRetry,
  acceptDeletions,
  isWhole,
  log: (line) => console.log(`${new Date().toISOString()} ${line}`),
});
process.send?.({ summaries }, () => process.exit(0));
