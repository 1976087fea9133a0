import type { Client } from 'pg';
import type { LandedRow, Landing, Request } from '../connector.ts';

/** One run of one source: what its streams share, what is kept with its data, and what is cleared away after it. */
export type Scope = {
  source: string;
  /** null where a source is only tried, and nothing is kept */
  run: { id: string; client: Client; warehouseUrl: string } | null;
  /** made by the first stream that asks, the same for all that follow */
  share<T>(make: () => T): T;
  /** done inside the transaction that makes the run's data visible */
  onCommit(work: (client: Client) => Promise<void>): void;
  /** done when the run is over, however it ended */
  onEnd(work: () => Promise<void>): void;
};

export type ScopedRequest = Request & { scope: Scope };

/** A landing that knows by itself whether it holds all that the source has. */
export type ScopedLanding = Landing & { isFull?: boolean };

export type OpenScope = Scope & { commit(): Promise<void>; end(): Promise<void> };

export function openScope(place: Pick<Scope, 'source' | 'run'>): OpenScope {
  const commits: ((client: Client) => Promise<void>)[] = [];
  const ends: (() => Promise<void>)[] = [];
  let shared: { value: unknown } | null = null;
  return {
    ...place,
    share: <T>(make: () => T) => (shared ??= { value: make() }).value as T,
    onCommit: (work) => void commits.push(work),
    onEnd: (work) => void ends.push(work),
    async commit() {
      for (const work of commits) if (place.run) await work(place.run.client);
    },
    async end() {
      for (const work of ends.splice(0)) await work().catch(() => undefined);
    },
  };
}

/** Opens a stream outside any run, to look at its rows; what that needed is cleared away with the last row read. */
export async function openTrial(open: (scope: Scope) => Promise<Landing>): Promise<Landing> {
  const scope = openScope({ source: 'trial', run: null });
  try {
    const landing = await open(scope);
    const rows = async function* (): AsyncGenerator<LandedRow> {
      try {
        yield* landing.rows;
      } finally {
        await scope.end();
      }
    };
    return { ...landing, rows: rows() };
  } catch (error) {
    await scope.end();
    throw error;
  }
}
