import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Stack } from '../../src/cli/stack/record.ts';

const root = resolve(import.meta.dirname, '../..');

export type Ended = { code: number | null; stdout: string; stderr: string };

export type Running = {
  process: ChildProcess;
  home: string;
  /** What it has said so far. */
  said(): string;
  ended: Promise<Ended>;
  /** SIGTERM, and the end of everything. */
  stop(): Promise<Ended>;
};

export type Ready = Running & { address: string; email: string; password: string; record(): Stack };

/** A folder for PULSE_HOME, with a space in its path; `remove` takes it away. */
export function makeHome(): { home: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'pulse stack '));
  chmodSync(folder, 0o755);
  return { home: join(folder, 'home'), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs bin/pulse.js as a person would, in an environment without this run's own settings. */
export function runPulse(args: string[], home: string, env: NodeJS.ProcessEnv = {}): Running {
  const {
    WAREHOUSE_URL: _warehouse,
    PULSE_CONFIG: _config,
    PULSE_SECRET: _secret,
    PORT: _port,
    ...rest
  } = process.env;
  const child = spawn(process.execPath, [join(root, 'bin/pulse.js'), ...args], {
    cwd: root,
    env: { ...rest, NODE_ENV: 'production', PULSE_HOME: home, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((done) => child.once('close', (code) => done({ code, stdout, stderr })));
  return {
    process: child,
    home,
    said: () => stdout + stderr,
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** `pulse start` until it says that it is ready. The first one of a run also builds the app. */
export async function startStack(
  home: string,
  env: NodeJS.ProcessEnv = {},
  patience = 200_000,
): Promise<Ready> {
  const running = runPulse(['start'], home, env);
  const isOver = running.ended.then(() => 'over' as const);
  for (const deadline = Date.now() + patience; !/Ctrl-C stops/.test(running.said());) {
    const over = await Promise.race([isOver, new Promise((next) => setTimeout(next, 100))]);
    if (over === 'over' || Date.now() > deadline) {
      running.process.kill('SIGTERM');
      throw new Error(`Pulse did not start:\n${running.said()}`);
    }
  }
  const find = (pattern: RegExp) => running.said().match(pattern)?.[1] ?? '';
  return {
    ...running,
    address: find(/Address +(\S+)/),
    email: find(/Login +([^\s,]+)/),
    password: find(/password (\S+)/),
    record: () => JSON.parse(readFileSync(join(home, 'stack.json'), 'utf8')) as Stack,
  };
}
