// A load in a process of its own, by whoever it is started as; it says why each source failed.
import { readConfig } from '../../../etl/config.ts';
import { runSources } from '../../../etl/run.ts';

const { WAREHOUSE_URL = '', PULSE_CONFIG = '' } = process.env;
const runs = await runSources({ warehouseUrl: WAREHOUSE_URL, config: readConfig(PULSE_CONFIG) });
for (const { source, status, error } of runs) console.log(`${source}: ${status} ${error ?? ''}`);
