// A worker that sends a report of eight charts to all who are due, and says how much memory that took.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Board, ChartPart } from '../../../src/lib/board.ts';
import { m } from '../../../src/lib/paraglide/messages.js';
import { parse, print } from '../../../src/lib/state.ts';
import type { Viewer } from '../../../src/lib/viewer.ts';
import { dimensionTitle } from '../../../src/lib/words.ts';
import { dataVersion } from '../../../src/lib/server/cube.ts';
import { loadParts, loadTrend } from '../../../src/lib/server/home/charts.ts';
import * as incidents from '../../../src/lib/server/incidents.ts';
import { log } from '../../../src/lib/server/log.ts';
import type { publish } from '../../../src/lib/server/reports/edition.ts';
import { write, type Loaded } from '../../../src/lib/server/reports/report.ts';
import { createRunner } from '../../../src/lib/server/reports/run.ts';
import { settle, type Scope } from '../../../src/lib/server/scope.ts';
import { close } from '../../../src/lib/server/warehouse.ts';

const cuts = [
  ['sales.won_amount', 'product'],
  ['sales.deals', 'stage'],
  ['sales.gross_profit', 'product'],
  ['sales.lost_amount', 'customer'],
  ['sales.average_deal', 'product'],
  ['sales.win_rate', 'product'],
  ['sales.won_amount', 'customer'],
] as const;

async function charts(scope: Scope): Promise<ChartPart[]> {
  const blocks = await Promise.all([
    loadTrend(scope, 'trend', 'sales.won_amount'),
    ...cuts.map(([metric, dimension], at) => {
      const title = dimensionTitle(dimension, scope.style.locale);
      return loadParts(scope, { id: `parts-${at}`, metric, cuts: [{ dimension, title }], shown: 8 });
    }),
  ]);
  const missing = blocks.find(({ state, rows }) => state !== 'ok' || rows.length === 0);
  if (missing) throw new Error(`${missing.metric} has no chart: ${missing.error ?? missing.state}`);
  return blocks.map((block) => ({ ...block, block: 'chart' as const }));
}

async function load(viewer: Viewer, query: string): Promise<Loaded> {
  const scope = await settle(viewer, parse(new URLSearchParams(query)).state);
  const { style, timezone, period, comparison, filters, notices } = scope;
  const board: Board = {
    ...{
      title: m.sales_title({}, style),
      lead: '',
      ...style,
      timezone,
      period,
      comparison,
      filters,
      notices,
    },
    generated_at: new Date().toISOString(),
    data_version: await dataVersion(),
    as_of: scope.freshness.asOf(),
    state: print(scope.state),
    sections: [{ id: 'all', title: '', sentence: '', choices: [], blocks: await charts(scope) }],
  };
  return { page: 'sales', board, incidents: await incidents.block(scope, 'sales', scope.state) };
}

const makeReport: typeof publish = async ({ state }, viewer, sender) =>
  write(await load(viewer, state), viewer, { ...(sender && { sender }) });

// Rubbish is collected when it has to be, long after it is some: without this nobody sees what is kept.
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const runner = createRunner({ worker: 'bench', makeReport });
process.on('message', () => {
  const samples: { rss: number; used: number }[] = [];
  const sampling = setInterval(() => {
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    samples.push({ rss: rss / 2 ** 20, used: (heapUsed + external) / 2 ** 20 });
  }, 2000);
  const began = performance.now();
  const before = process.cpuUsage();
  runner
    .tick()
    .catch((error: unknown) => log.error({ err: error }, 'The bench of reports failed'))
    .finally(() => {
      clearInterval(sampling);
      const { user, system } = process.cpuUsage(before);
      process.send?.({ seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1000, samples });
    });
});
process.on('disconnect', () => void close().finally(() => process.exit(0)));
process.send?.('ready');
