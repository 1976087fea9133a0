// A load in a process of its own, for tests that end it.
import { readConfig } from '../../../etl/config.ts';
import { runSources } from '../../../etl/run.ts';

const { WAREHOUSE_URL = '', PULSE_CONFIG = '' } = process.env;
await runSources({ warehouseUrl: WAREHOUSE_URL, config: readConfig(PULSE_CONFIG) });
