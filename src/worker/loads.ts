import { runSources } from '../../etl/run.ts';
import type { Config } from '../../etl/config.ts';
import type { Logger } from 'pino';

export type Loads = {
  /** Loads the source when those before it are done; a source that already waits is not queued twice. */
  request(source: string): Promise<void>;
  stop(): void;
};

/** One load at a time: two would share the memory and the processors that the pages need. */
export function createLoads(config: Config, warehouseUrl: string, log: Logger, run = runSources): Loads {
  const waiting = new Map<string, Promise<void>>();
  const ending = new AbortController();
  let last: Promise<void> = Promise.resolve();

  const load = async (source: string) => {
    waiting.delete(source);
    if (ending.signal.aborted) return;
    const summaries = await run({
      warehouseUrl,
      config,
      only: [source],
      log: (line) => log.info(line),
      signal: ending.signal,
    });
    for (const { status, error } of summaries) {
      if (status === 'failed') log.error({ source, error }, 'A source was not loaded');
    }
  };

  return {
    request(source) {
      const queued = waiting.get(source);
      if (queued) return queued;
      const turn = last.then(() => load(source));
      waiting.set(source, turn);
      last = turn.catch(() => undefined);
      return turn;
    },
    stop: () => ending.abort(),
  };
}
