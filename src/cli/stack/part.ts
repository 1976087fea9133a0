import { fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rotate } from '../../../schema/postgres/files.ts';
import { Problem } from '../../../schema/problem.ts';
import { buildParts } from './build-parts.ts';

export type Message = Record<string, unknown>;

/** Milliseconds for a part to be ready. One that dies is noticed at once; a busy machine may just be slow. */
export const startPatience = 180_000;

export type Part = {
  name: string;
  pid: number;
  /** The first message of which the condition is true; fails when the part ends before. */
  wait(condition: (message: Message) => boolean, patience?: number): Promise<Message>;
  /** Resolves with a sentence when the part ends without having been asked to. */
  crashed: Promise<string>;
  /** Resolves with the exit code, however it came. */
  ended: Promise<number | null>;
  readonly isRunning: boolean;
  /** Why it ended, with the last lines of its log. */
  failure(): Promise<Problem>;
  stop(): Promise<void>;
};

type Options = {
  name: string;
  file: string;
  args?: string[];
  home: string;
  root: string;
  env: NodeJS.ProcessEnv;
  /** A job ends by itself when it is done; that is no crash. */
  isJob?: boolean;
};

const LEASH = new URL('./leash.js', import.meta.url).href;

/**
 * Starts a part of the stack: leashed, in a group of its own (Ctrl-C is for the supervisor), with its own log. One that
 * is written in TypeScript runs from its bundle.
 */
export async function spawnPart({
  name,
  file,
  args = [],
  home,
  root,
  env,
  isJob = false,
}: Options): Promise<Part> {
  const program = file.endsWith('.ts') ? join(await buildParts(root), `${basename(file, '.ts')}.js`) : file;
  const logFile = join(home, 'logs', `${name}.log`);
  rotate(logFile);
  const output = openSync(logFile, 'a', 0o600);
  const child = fork(program, args, {
    cwd: root,
    env,
    detached: true,
    execArgv: ['--import', LEASH],
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);

  const messages: Message[] = [];
  child.on('message', (message: Message) => messages.push(message));
  let stopping = false;
  let running = true;
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code));
  });
  void ended.then(() => {
    running = false;
    // What it started must not outlive it.
    killGroup(child.pid);
  });
  const explain = (code: number | null) =>
    `${name} ended unexpectedly (${code ?? child.signalCode ?? 'no exit code'}); ${logFile} ends with:\n${tail(logFile)}`;
  const crashed = new Promise<string>((resolve) => {
    void ended.then((code) => stopping || (isJob && code === 0) || resolve(explain(code)));
  });

  return {
    name,
    pid: child.pid ?? 0,
    crashed,
    ended,
    get isRunning() {
      return running;
    },
    failure: async () => new Problem(explain(await ended)),
    async wait(condition, patience = startPatience) {
      const deadline = Date.now() + patience;
      while (running) {
        const found = messages.find(condition);
        if (found) return found;
        if (Date.now() > deadline)
          throw new Problem(
            `${name} was not ready after ${patience / 1000} s; ${logFile} ends with:\n${tail(logFile)}`,
          );
        await sleep(20);
      }
      const last = messages.find(condition);
      if (last) return last;
      throw new Problem(explain(await ended));
    },
    async stop() {
      stopping = true;
      if (!running) return;
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(5000, undefined, { ref: false })]);
      killGroup(child.pid);
      await ended;
    },
  };
}

function killGroup(pid: number | undefined): void {
  if (!pid) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing left in it.
  }
}

function tail(file: string, lines = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).map(shorten).join('\n');
  } catch {
    return '  (no log)';
  }
}

/** A JSON line says its message and cause; the rest of it is for the file. */
function shorten(line: string): string {
  let text = line;
  if (line.startsWith('{')) {
    try {
      const { msg, message = msg, cause, err } = JSON.parse(line) as Record<string, unknown>;
      const reason = cause ?? (err as { message?: string } | undefined)?.message;
      text = [message, reason]
        .filter(Boolean)
        .join(': ')
        .replace(/\n\s*at .*/gs, '');
    } catch {
      // Cut off by the crash: as it is.
    }
  }
  return `  ${text.length > 400 ? `${text.slice(0, 400)}…` : text}`;
}
