import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.ts';
import type { CubeQuery } from '../query.ts';
import type { Viewer } from '../viewer.ts';
import { env } from './env.ts';
import { Lru } from './lru.ts';
import { readResult, type RawResult, type Result } from './result.ts';
import { rightsKey, sign } from './token.ts';
import { warehouse } from './warehouse.ts';

export type { Result, Row } from './result.ts';

const patience = 60_000;
const results = new Lru<Result>(48 * 1024 * 1024);
const inFlight = new Map<string, Promise<Result>>();

/**
 * The figures a viewer may see. A result lives as long as its data version, and equal questions with equal
 * rights are asked once: an answer Cube has ready still costs it ten times what remembering costs us.
 */
export async function load(viewer: Viewer, query: CubeQuery): Promise<Result> {
  const version = await dataVersion();
  const key = `${version}|${rightsKey(viewer)}|${JSON.stringify(query)}`;
  const kept = results.get(key);
  if (kept) return kept;
  const running = inFlight.get(key);
  if (running) return running;
  const asked = ask(viewer, query)
    .then((result) => {
      results.set(key, result, 200 + result.rows.length * 160);
      return result;
    })
    .finally(() => inFlight.delete(key));
  inFlight.set(key, asked);
  return asked;
}

let read: { at: number; version: Promise<number> } | null = null;

/** Grows with every load that became visible. Tiles of one page ask within a moment of each other. */
export function dataVersion(): Promise<number> {
  if (read && Date.now() - read.at < 200) return read.version;
  const version = warehouse()<{ version: number }>('ops.data_version')
    .first('version')
    .then((row) => Number(row?.version ?? 0));
  read = { at: Date.now(), version };
  version.catch(() => (read = null));
  return version;
}

async function ask(viewer: Viewer, query: CubeQuery): Promise<Result> {
  const { cubeUrl, secret } = env();
  const until = Date.now() + patience;
  for (;;) {
    const response = await send(`${cubeUrl}/v1/load`, query, sign(viewer, secret), until);
    const body = (await response.json().catch(() => null)) as (RawResult & { error?: string }) | null;
    if (response.ok && body && !body.error) return readResult(body);
    const error = body?.error ?? `status ${response.status}`;
    if (error !== 'Continue wait') throw refused(response.status, error);
    if (Date.now() > until) throw new Problem('figures_slow', 'Cube did not finish in time');
    await sleep(100);
  }
}

async function send(url: string, query: CubeQuery, token: string, until: number): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      signal: AbortSignal.timeout(Math.max(1_000, until - Date.now())),
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'TimeoutError') {
      throw new Problem('figures_slow', 'Cube did not answer in time', { cause });
    }
    throw new Problem('figures_unavailable', 'Cube cannot be reached', { cause });
  }
}

function refused(status: number, error: string): Error {
  if (status === 403) return new Problem('figures_refused', `Cube refuses: ${error}`);
  if (/No pre-aggregation partitions were built yet/i.test(error)) {
    return new Problem('figures_preparing', `Cube is not ready: ${error}`);
  }
  if (status === 503 || status === 502) return new Problem('figures_unavailable', `Cube: ${error}`);
  return new Error(`Cube answered ${status}: ${error}`);
}
