// The worker: what happens by the clock. It loads sources, sends reports and tidies up at night.
import { hostname } from 'node:os';
import { schedule, type ScheduledTask } from 'node-cron';
import { readConfig } from '../etl/config.ts';
import { remind } from './lib/server/incidents/tell.ts';
import { watch as watchFigures } from './lib/server/incidents/watch.ts';
import * as alarms from './lib/server/loads/alarms.ts';
import { log as appLog } from './lib/server/log.ts';
import { createRunner } from './lib/server/reports/run.ts';
import { read as readSettings } from './lib/server/settings.ts';
import { close } from './lib/server/warehouse.ts';
import { tidy } from './worker/cleaning.ts';
import { createLoads } from './worker/loads.ts';
import { createPosts } from './worker/posts.ts';

const log = appLog.child({ part: 'worker' });
const tasks: ScheduledTask[] = [];
const reports = createRunner({ worker: `${hostname()}:${process.pid}` });
const config = process.env.PULSE_CONFIG ? readConfig(process.env.PULSE_CONFIG) : null;
const posts = createPosts(config?.incidents.webhook ?? null, log);
const loads = config ? await createLoads(config, process.env.WAREHOUSE_URL ?? '', log, watch) : null;

let stopping: Promise<void> | null = null;
for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) {
  process.on(signal, () => (stopping ??= stop(signal)));
}
// One thing that went wrong must not end what else is being sent; each place that can fail says more.
process.on('unhandledRejection', (error) => log.error({ err: error }, 'Something failed unseen'));

const { timezone } = await readSettings();
// When each source is due stands in the warehouse, by its own schedule: that is how any number of workers share them.
at('*/5 * * * * *', 'loads', async () => loads?.tick());
at('* * * * *', 'reports', watch);
at('20 3 * * *', 'cleaning', () => tidy(log));

log.info({ sources: Object.keys(config?.sources ?? {}), timezone }, 'The worker is ready');
process.send?.({ ready: true });
void guarded('loads', async () => loads?.tick());
void guarded('reports', watch);

/** Looks whether a source is in trouble and what the rules say of new data, and sends what is due. */
async function watch(): Promise<void> {
  await alarms.watch();
  // Figures that cannot be asked now are asked again next minute; mail does not wait for them.
  await guarded('incidents', async () => void (await watchFigures()));
  await guarded('reminders', () => remind());
  await Promise.all([reports.tick(), guarded('posts', () => posts.tick())]);
}

function at(line: string, name: string, work: () => Promise<void> | undefined): void {
  // A tick that would overlap the one before it has nothing to do that the next will not.
  tasks.push(schedule(line, () => guarded(name, work), { name, timezone, noOverlap: true }));
}

async function guarded(name: string, work: () => Promise<void> | undefined): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ err: error, task: name }, 'A task of the worker failed');
  }
}

async function stop(reason: string): Promise<void> {
  log.info({ reason }, 'The worker ends');
  for (const task of tasks) void task.stop();
  await Promise.all([loads?.stop(), reports.stop(), posts.stop()]);
  await close().catch(() => undefined);
  process.exit(0);
}
