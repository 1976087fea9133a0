import { join } from 'node:path';
import { readConfig } from '../../etl/config.ts';
import { runSources, type RunSummary } from '../../etl/run.ts';
import { readRows } from '../../src/cli/ask.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { startCube, type Query } from '../integration/cube/server.ts';

export type Loaded = {
  database: Database;
  /** rows as `pulse query` prints them */
  ask(query: Query): Promise<ReturnType<typeof readRows>>;
  runs: RunSummary[];
  again(): Promise<RunSummary[]>;
  close(): Promise<void>;
};

/** A real company, loaded by its configuration in this folder, with Cube over it. */
export async function loadReal(name: string): Promise<Loaded> {
  const database = await createDatabase();
  const config = readConfig(join(import.meta.dirname, name, 'pulse.yaml'));
  const again = (): Promise<RunSummary[]> => runSources({ warehouseUrl: database.url, config });
  const runs = await again();
  const cube = await startCube(database.url);
  return {
    database,
    ask: async (query) => readRows(await cube.ask(query)),
    runs,
    again,
    close: async () => {
      await cube.stop();
      await database.drop();
    },
  };
}
