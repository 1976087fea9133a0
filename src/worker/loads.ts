import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Config } from '../../etl/config.ts';
import { isUsedSql, withEntered } from '../../etl/entered.ts';
import { runSources } from '../../etl/run.ts';
import { warehouse } from '../lib/server/warehouse.ts';
import { claim, plan } from './queue.ts';

export type Loads = {
  /** Loads what is due until nothing is; a tick that comes meanwhile joins the running one. */
  tick(): Promise<void>;
  /** Ends the load that is under way; the next worker begins it anew. */
  stop(patience?: number): Promise<void>;
};

/** One load at a time in each worker: two would share the memory and the processors that the pages need. */
export async function createLoads(
  config: Config,
  warehouseUrl: string,
  log: Logger,
  afterwards: () => Promise<void> = async () => undefined,
): Promise<Loads> {
  await plan(await withPlans(config), warehouseUrl);
  const ending = new AbortController();
  let running: Promise<void> | null = null;

  const work = async () => {
    while (!ending.signal.aborted) {
      const due = await claim(await withPlans(config));
      if (!due) return;
      const summaries = await runSources({
        warehouseUrl,
        config,
        only: [due.source],
        cause: due.cause,
        log: (line) => log.info(line),
        signal: ending.signal,
      });
      for (const { source, status, error } of summaries) {
        if (status === 'failed') log.error({ source, error }, 'A source was not loaded');
      }
      await afterwards();
    }
  };

  return {
    tick() {
      if (ending.signal.aborted) return Promise.resolve();
      running ??= work().finally(() => (running = null));
      return running;
    },
    async stop(patience = 4000) {
      ending.abort();
      await Promise.race([running?.catch(() => undefined), sleep(patience, undefined, { ref: false })]);
    },
  };
}

/** Somebody may have saved plans in the product since. */
async function withPlans(config: Config): Promise<Config> {
  const { rows } = await warehouse().raw<{ rows: { is_used: boolean }[] }>(isUsedSql);
  return withEntered(config, rows[0]?.is_used ?? false);
}
