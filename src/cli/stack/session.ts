import { Problem } from '../../../schema/problem.ts';
import type { Log } from '../../../schema/log.ts';
import { openLog } from '../log.ts';
import { makeHome } from '../place.ts';
import type { Place } from '../place.ts';
import type { Steps } from '../steps.ts';
import { raiseWarehouse } from './raise.ts';
import type { Stack as Raised } from './raise.ts';
import { claim, waitForHolder } from './record.ts';
import type { Claim, Stack } from './record.ts';
import { awaitStop } from './signals.ts';

/** What a short command works with: the running stack's parts, or its own for as long as it takes. */
export type Session = {
  place: Place;
  steps: Steps;
  log: Log;
  running: Stack | null;
  raised: Raised | null;
  warehouse: string;
};

/** Gives the work a migrated warehouse, and takes down afterwards what it had to bring up. */
export async function withWarehouse<T>(
  place: Place,
  steps: Steps,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  makeHome(place.home);
  const held = await hold(place, steps);
  if ('pid' in held) {
    const { warehouse } = held.urls;
    if (!warehouse)
      throw new Problem(`The stack of process ${held.pid} has no warehouse: stop it and try again.`);
    const log = openLog(place.home, 'command');
    return work({ place, steps, log, running: held, raised: null, warehouse });
  }
  let raised: Raised | null = null;
  const run = async () => {
    const log = openLog(place.home, 'command');
    raised = await raiseWarehouse(place, steps, log);
    const session = { place, steps, log, running: null, raised, warehouse: raised.urls.warehouse };
    return await Promise.race([
      work(session),
      raised.crashed.then((sentence) => Promise.reject(new Problem(sentence))),
    ]);
  };
  try {
    return await Promise.race([
      run(),
      awaitStop().then((why) => Promise.reject(new Problem(`Stopped (${why}).`))),
    ]);
  } finally {
    await (raised as Raised | null)?.stop();
    held.release();
  }
}

async function hold(place: Place, steps: Steps): Promise<Claim | Stack> {
  for (;;) {
    const held = claim(place.home, 'command', place.config);
    if (!('pid' in held)) return held;
    if (held.kind === 'start' && held.phase === 'ready') return held;
    steps.say(
      `… waiting for process ${held.pid}, which ${held.kind === 'start' ? 'is starting Pulse' : 'works'} in ${place.home}`,
    );
    const ready = await waitForHolder(
      place.home,
      (stack) => stack.kind === 'start' && stack.phase === 'ready',
    );
    if (ready) return ready;
  }
}
