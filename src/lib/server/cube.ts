import type { CubeQuery } from '../query.ts';
import type { Viewer } from '../viewer.ts';
import { Problem } from '../problem.ts';
import { ask, patience } from './ask.ts';
import { env } from './env.ts';
import { Lru } from './lru.ts';
import { left } from './reader.ts';
import type { Result } from './result.ts';
import { Shared } from './shared.ts';
import { rightsKey, sign } from './token.ts';
import { Turns } from './turns.ts';
import { warehouse } from './warehouse.ts';

export type { Result, Row } from './result.ts';

const results = new Lru<Result>(48 * 1024 * 1024);
const inFlight = new Map<string, Shared<Result>>();
/** Cube works at eight questions at once; what one person asks for leaves room for the next. */
const turns = new Turns(8, 6);

/**
 * The figures a viewer may see. A result lives as long as its data version, and equal questions with equal
 * rights are asked once: an answer Cube has ready still costs it ten times what remembering costs us. A question ends when
 * all readers who wait for it have left.
 */
export async function load(viewer: Viewer, query: CubeQuery): Promise<Result> {
  const version = await dataVersion();
  const key = `${version}|${rightsKey(viewer)}|${JSON.stringify(query)}`;
  const kept = results.get(key);
  if (kept) return kept;
  const gone = left();
  gone?.throwIfAborted();
  const running = inFlight.get(key);
  if (running && !running.isEnded) return running.join(gone);
  const { cubeUrl, secret } = env();
  const asked = new Shared(async (signal) => {
    const result = await inTime(signal, (ended) =>
      turns.take(viewer.user_id, ended, () =>
        ask({ cubeUrl, token: sign(viewer, secret), query, signal: ended }),
      ),
    );
    results.set(key, result, 200 + result.rows.length * 160);
    return result;
  });
  inFlight.set(key, asked);
  const forget = () => inFlight.get(key) === asked && inFlight.delete(key);
  asked.result.then(forget, forget);
  return asked.join(gone);
}

/** Waiting for a turn is waiting too: where Cube is silent, all questions of a page end together and not in turns. */
async function inTime<Value>(
  left: AbortSignal,
  work: (ended: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const late = AbortSignal.timeout(patience);
  try {
    return await work(AbortSignal.any([left, late]));
  } catch (cause) {
    if (!late.aborted || cause instanceof Problem) throw cause;
    throw new Problem('figures_slow', 'No turn came in time', { cause });
  }
}

/** Figures that nobody will ask for again: they are not kept, so that a large file pushes no page out of memory. */
export function loadOnce(viewer: Viewer, query: CubeQuery): Promise<Result> {
  const { cubeUrl, secret } = env();
  const signal = left();
  return turns.take(viewer.user_id, signal, () =>
    ask({ cubeUrl, token: sign(viewer, secret), query, ...(signal && { signal }) }),
  );
}

let read: { at: number; version: Promise<number> } | null = null;

/** Grows with every load that became visible. Tiles of one page ask within a moment of each other. */
export function dataVersion(): Promise<number> {
  return read && Date.now() - read.at < 200 ? read.version : readVersion();
}

function readVersion(): Promise<number> {
  const version = warehouse()<{ version: number }>('ops.data_version')
    .first('version')
    .then((row) => Number(row?.version ?? 0));
  read = { at: Date.now(), version };
  version.catch(() => (read = null));
  return version;
}

/** How often what a load has overtaken is made anew: loads may follow each other as fast as it can be made. */
const mostTurns = 3;

/** What `make` makes of one state of the data: it is made anew where a load became visible meanwhile. */
export async function steadily<Value>(make: () => Promise<Value>): Promise<Value> {
  let before = await dataVersion();
  for (let turn = 1; ; turn++) {
    const value = await make();
    const after = await readVersion();
    if (after === before || turn === mostTurns) return value;
    before = after;
  }
}
