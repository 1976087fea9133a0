import { existsSync, linkSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from '../../../schema/postgres/files.ts';
import { isAlive, readStartTime } from '../../../schema/postgres/processes.ts';

/** PULSE_HOME/stack.json: who holds this home, and where its parts listen. It carries a password: mode 0600. */
export type Stack = {
  pid: number;
  /** The holder's start time as the system tells it: process ids are reused. */
  started: string | null;
  kind: 'start' | 'command';
  phase: 'starting' | 'ready';
  since: string;
  config: string | null;
  urls: { warehouse?: string; admin?: string; cube?: string; app?: string };
  /** The environment from which sources are loaded. */
  sources: Record<string, string>;
};

export type Claim = {
  update(change: Partial<Pick<Stack, 'phase' | 'urls' | 'sources'>>): void;
  release(): void;
};

const fileOf = (home: string) => join(home, 'stack.json');

/** The stack that holds the home right now; what a killed one left counts as none. */
export function readStack(home: string): Stack | null {
  return readLive(fileOf(home));
}

function readLive(file: string): Stack | null {
  try {
    const stack = JSON.parse(readFileSync(file, 'utf8')) as Stack;
    return isAlive(stack.pid) && readStartTime(stack.pid) === stack.started ? stack : null;
  } catch {
    return null;
  }
}

/** Takes the home, or gives the stack that has it. */
export function claim(home: string, kind: Stack['kind'], config: string | null): Claim | Stack {
  const file = fileOf(home);
  const draft = `${file}.${process.pid}`;
  let stack: Stack = {
    pid: process.pid,
    started: readStartTime(process.pid),
    kind,
    phase: 'starting',
    since: new Date().toISOString(),
    config,
    urls: {},
    sources: {},
  };
  const print = () => `${JSON.stringify(stack, null, 2)}\n`;
  writeAtomically(draft, print(), 0o600);
  try {
    for (;;) {
      try {
        // A link appears whole or not at all, and only if nobody was first.
        linkSync(draft, file);
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readLive(file);
      if (holder) return holder;
      removeDead(file, `${draft}.dead`);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    update(change) {
      stack = { ...stack, ...change };
      writeAtomically(file, print(), 0o600);
    },
    release: () => rmSync(file, { force: true }),
  };
}

/** Moves it aside first: between our look and our removal another claimer may have replaced it. */
function removeDead(file: string, aside: string): void {
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readLive(aside) && !existsSync(file)) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

/** Waits while a short command holds the home, or while a stack is still starting. */
export async function waitForHolder(home: string, until: (stack: Stack) => boolean): Promise<Stack | null> {
  for (;;) {
    const stack = readStack(home);
    if (!stack || until(stack)) return stack;
    await sleep(200);
  }
}
