import { join } from 'node:path';
import { tryPort } from '../../../schema/postgres/port.ts';
import { Problem } from '../../../schema/problem.ts';
import { openLog } from '../log.ts';
import { makeHome } from '../place.ts';
import type { Place } from '../place.ts';
import type { Steps } from '../steps.ts';
import { buildApp } from './build-app.ts';
import { spawnPart } from './part.ts';
import { probe } from './probe.ts';
import { loadOnce, nameCube, raiseCube, raiseSources, raiseWarehouse } from './raise.ts';
import type { Stack } from './raise.ts';
import { claim, waitForHolder } from './record.ts';
import type { Claim } from './record.ts';
import { awaitStop } from './signals.ts';

/** Raises everything, says when it is ready, and ends it all when asked to or when any part ends. */
export async function supervise(
  place: Place,
  steps: Steps,
  welcome: (stack: Stack) => Promise<void>,
): Promise<0 | 1> {
  makeHome(place.home);
  const held = await hold(place, steps);
  let stack: Stack | null = null;
  const live = async () => {
    stack = await raiseWarehouse(place, steps, openLog(place.home, 'pulse'));
    await Promise.race([
      raiseAll(stack),
      stack.crashed.then((sentence) => Promise.reject(new Problem(sentence))),
    ]);
    held.update({ phase: 'ready', urls: stack.urls, sources: stack.sources });
    await welcome(stack);
    throw new Problem(await stack.crashed);
  };
  try {
    const why = await Promise.race([live(), awaitStop()]);
    steps.say(`Stopping (${why}).`);
    return 0;
  } finally {
    await (stack as Stack | null)?.stop();
    held.release();
    steps.say('Stopped.');
  }
}

async function hold(place: Place, steps: Steps): Promise<Claim> {
  for (;;) {
    const held = claim(place.home, 'start', place.config);
    if (!('pid' in held)) return held;
    if (held.kind === 'start') {
      const where = held.urls.app ? ` at ${held.urls.app}` : '';
      throw new Problem(
        `Pulse already runs${where} on ${place.home} (process ${held.pid}): use it, stop it, or set PULSE_HOME for a second one.`,
      );
    }
    steps.say(`… waiting for process ${held.pid}, which works in ${place.home}`);
    await waitForHolder(place.home, () => false);
  }
}

async function raiseAll(stack: Stack): Promise<void> {
  const { place, steps } = stack;
  const built = steps.run('App built', () => buildApp(place, stack.own));
  // Reported where it is awaited; until then a failure must not count as nobody's.
  built.catch(() => undefined);
  await raiseSources(stack);
  await loadOnce(stack);
  await nameCube(stack);
  const address = await nameApp(stack);
  await Promise.all([
    raiseCube(stack),
    built.then((entry) => raiseApp(stack, entry, address)),
    raiseWorker(stack),
  ]);
}

/** Chosen before anything starts that has to know it: the worker prints pages of the app. */
async function nameApp({ steps, env }: Stack): Promise<string> {
  const host = process.env.HOST ?? '127.0.0.1';
  const port = await choosePort(host, steps);
  const address = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`;
  Object.assign(env, {
    HOST: host,
    PORT: String(port),
    ORIGIN: process.env.ORIGIN ?? address,
    APP_ADDRESS: address,
    NODE_ENV: 'production',
    SHUTDOWN_TIMEOUT: '2',
  });
  return address;
}

async function raiseApp(stack: Stack, entry: string, address: string): Promise<void> {
  const { place, steps, env } = stack;
  await steps.run('App', async () => {
    const part = stack.own(await spawnPart({ name: 'app', file: entry, ...place, env }));
    await probe(`${address}/health`, part, (body) => body.includes(`"pid":${part.pid},`));
  });
  stack.urls.app = env.ORIGIN ?? address;
}

async function choosePort(host: string, steps: Steps): Promise<number> {
  const wished = process.env.PORT;
  if (wished) {
    const port = await tryPort(Number(wished), host);
    if (port !== null) return port;
    throw new Problem(
      `Port ${wished} of ${host} is taken or not allowed: set PORT to another, or leave it out for a free one.`,
    );
  }
  for (let port = 3000; port < 3100; port++) {
    if ((await tryPort(port, host)) === null) continue;
    if (port !== 3000) steps.say(`Port 3000 is taken: using ${port}.`);
    return port;
  }
  throw new Problem(`No port from 3000 to 3099 of ${host} is free: set PORT to one that is.`);
}

async function raiseWorker(stack: Stack): Promise<void> {
  const { place, steps, env } = stack;
  await steps.run('Worker', async () => {
    const part = stack.own(
      await spawnPart({ name: 'worker', file: join(place.root, 'src/worker.ts'), ...place, env }),
    );
    await part.wait((message) => message.ready === true);
  });
}
