import { join } from 'node:path';
import type { RunSummary } from '../../../etl/run.ts';
import type { Log } from '../../../schema/log.ts';
import { migrate } from '../../../schema/migrate.ts';
import { readSecret } from './secret.ts';
import { findPort } from '../../../schema/postgres/port.ts';
import { Problem } from '../../../schema/problem.ts';
import type { Place } from '../place.ts';
import type { Steps } from '../steps.ts';
import { spawnPart } from './part.ts';
import type { Part } from './part.ts';
import { probe, readDataVersion } from './probe.ts';
import { openWarehouse, rememberLoaded, wasLoaded } from './warehouse.ts';

export type Stack = {
  place: Place;
  steps: Steps;
  log: Log;
  /** What every part gets; grows with the parts that are up. */
  env: NodeJS.ProcessEnv;
  /** The part of it that loading needs. */
  sources: Record<string, string>;
  urls: { warehouse: string; admin: string; cube?: string; app?: string };
  dataFolder: string | null;
  /** Those that had to be applied. */
  migrations: string[];
  crashed: Promise<string>;
  /** Takes a part into the stack: its crash is the stack's, and it ends before those that came earlier. */
  own<T extends { name: string; crashed: Promise<string>; stop(): Promise<void> }>(part: T): T;
  stop(): Promise<void>;
};

/** The ground of every stack: a migrated warehouse. */
export async function raiseWarehouse(place: Place, steps: Steps, log: Log): Promise<Stack> {
  const owned: { name: string; stop(): Promise<void> }[] = [];
  let crash: (sentence: string) => void = () => undefined;
  const crashed = new Promise<string>((resolve) => (crash = resolve));
  const crashes: { rank: number; sentence: string }[] = [];
  let stopped = false;
  const own: Stack['own'] = (part) => {
    if (stopped) {
      void part.stop();
      throw new Problem('Stopped while starting.');
    }
    owned.push(part);
    void part.crashed.then((sentence) => {
      const rank = owned.findIndex((other) => other === part);
      crashes.push({ rank, sentence });
      // A part that ends takes those that lean on it along; the one that came first is the cause.
      setTimeout(() => crash(crashes.sort((a, b) => a.rank - b.rank)[0]?.sentence ?? sentence), 500);
    });
    return part;
  };
  const stop = async () => {
    stopped = true;
    for (let part = owned.pop(); part; part = owned.pop()) {
      const began = performance.now();
      await part.stop();
      log.info({ milliseconds: Math.round(performance.now() - began) }, `stopped ${part.name}`);
    }
  };
  try {
    const warehouse = own(
      await steps.run(
        'PostgreSQL',
        () => openWarehouse(place.home, log),
        ({ label }) => label,
      ),
    );
    const { migrations } = await steps.run(
      'Schema',
      () => migrate(warehouse.url, { direction: 'up', log }),
      ({ migrations }) =>
        migrations.length > 0 ? `Schema, ${migrations.length} migrations applied` : 'Schema is current',
    );
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      WAREHOUSE_URL: warehouse.url,
      PULSE_SECRET: readSecret(place.home),
      PULSE_HOME: place.home,
      ...(place.config && { PULSE_CONFIG: place.config }),
    };
    const { dataFolder } = warehouse;
    const urls = { warehouse: warehouse.url, admin: warehouse.adminUrl };
    return { place, steps, log, env, sources: {}, urls, dataFolder, migrations, crashed, own, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What is loaded from: the company's configuration, or the demo's systems and theirs. */
export async function raiseSources(stack: Stack): Promise<void> {
  const { config } = stack.place;
  stack.sources = config ? { PULSE_CONFIG: config } : await (await import('./demo.ts')).raiseDemo(stack);
  Object.assign(stack.env, stack.sources);
}

export type Loaded = { summaries: RunSummary[] };

/** Loads when this configuration never was; later loads are the worker's, or asked for by `etl run`. */
export async function loadOnce(stack: Stack): Promise<void> {
  const config = stack.sources.PULSE_CONFIG ?? '';
  if (wasLoaded(stack.place.home, config) && (await readDataVersion(stack.urls.warehouse)) > 0) return;
  await load(stack);
}

type Wish = { only?: string[]; isRetry?: boolean; acceptDeletions?: boolean; isWhole?: boolean };
type Loader = Pick<Stack, 'place' | 'env' | 'steps' | 'own'>;

export async function load(
  { place, env, steps, own }: Loader,
  { only = [], isRetry = false, acceptDeletions = false, isWhole = false }: Wish = {},
): Promise<Loaded> {
  const config = env.PULSE_CONFIG ?? '';
  const loaded = await steps.run(
    'Load',
    async () => {
      const file = join(place.root, 'src/cli/stack/load.ts');
      const part = own(
        await spawnPart({
          name: 'load',
          file,
          args: [
            ...(isRetry ? ['--retry'] : []),
            ...(acceptDeletions ? ['--accept-deletions'] : []),
            ...(isWhole ? ['--full'] : []),
            ...only,
          ],
          ...place,
          env,
          isJob: true,
        }),
      );
      const loaded = (await part.wait((message) => 'summaries' in message, Infinity)) as unknown as Loaded;
      await part.stop();
      return loaded;
    },
    ({ summaries }) => `Loaded ${summaries.map(({ source }) => source).join(', ')}`,
  );
  for (const { source, status, error } of loaded.summaries) {
    if (status === 'failed') steps.say(`! ${source} was not loaded: ${error ?? 'see its log'}`);
  }
  if (only.length === 0 && !isRetry && loaded.summaries.some(({ status }) => status !== 'failed'))
    rememberLoaded(place.home, config);
  return loaded;
}

/** Cube's address is known before it is up, so that those who will ask it can start meanwhile. */
export async function nameCube({ urls, env }: Stack): Promise<string> {
  urls.cube ??= `http://127.0.0.1:${await findPort(null)}/cubejs-api`;
  env.CUBE_URL = urls.cube;
  return urls.cube;
}

export async function raiseCube(stack: Stack): Promise<Part> {
  const { place, env } = stack;
  const { origin, port } = new URL(await nameCube(stack));
  return stack.steps.run('Cube', async () => {
    const file = join(place.root, 'cube/serve.js');
    const part = stack.own(
      await spawnPart({ name: 'cube', file, ...place, env: { ...env, CUBE_PORT: port } }),
    );
    await part.wait((message) => message.ready === true);
    await probe(`${origin}/readyz`, part);
    return part;
  });
}
