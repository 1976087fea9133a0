import { join } from 'node:path';
import { readConfig } from '../../etl/config.ts';
import { runSources, type RunSummary } from '../../etl/run.ts';
import { ask, askCatalogue } from '../../src/lib/server/ask.ts';
import type { Row } from '../../src/lib/server/result.ts';
import { sign } from '../../src/lib/server/token.ts';
import { operator } from '../../src/lib/viewer.ts';
import { createDatabase, type Database } from '../harness/database.ts';
import { secret, startCube, type Query } from '../integration/cube/server.ts';
import { truths } from '../integration/cube/truth.ts';
import { expectTruths } from '../integration/cube/truth/compare.ts';

export type Loaded = {
  database: Database;
  cubeUrl: string;
  /** rows as `pulse query` prints them */
  ask(query: Query): Promise<Row[]>;
  /** expects every measure of the views that has a source to be what SQL counts, in total, by dimension and by month */
  expectTruths(views: string[]): Promise<void>;
  runs: RunSummary[];
  again(): Promise<RunSummary[]>;
  close(): Promise<void>;
};

/** A real company, loaded by its configuration in this folder, with Cube over it. */
export async function loadReal(name: string): Promise<Loaded> {
  const database = await createDatabase();
  const config = readConfig(join(import.meta.dirname, name, 'pulse.yaml'));
  const again = async (): Promise<RunSummary[]> => {
    const loaded = await runSources({ warehouseUrl: database.url, config });
    const wrong = await database.query(
      'select * from ops.run_streams where read <> inserted + updated + unchanged + duplicate + quarantined',
    );
    if (wrong.length) throw new Error(`does not add up: ${JSON.stringify(wrong)}`);
    return loaded;
  };
  const runs = await again();
  const cube = await startCube(database.url);
  const cubeUrl = `${cube.base}/cubejs-api`;
  return {
    database,
    cubeUrl,
    ask: async (query) => {
      const { rows } = await ask({
        cubeUrl,
        token: sign(operator, secret),
        query,
      });
      return rows;
    },
    expectTruths: async (views) => {
      const catalogue = await askCatalogue({ cubeUrl, token: sign(operator, secret) });
      await expectTruths({ database, rows: cube.rows }, catalogue, pick(views));
    },
    runs,
    again,
    close: async () => {
      await cube.stop();
      await database.drop();
    },
  };
}

const pick = (views: string[]): typeof truths =>
  Object.fromEntries(Object.entries(truths).filter(([view]) => views.includes(view)));
