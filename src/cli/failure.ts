import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { Problem, explainFileError } from '../../schema/problem.ts';

/** Says what went wrong on stderr and gives the exit code: 1 failed, 2 wrong usage or configuration. */
export function report(error: unknown, home: string): 1 | 2 {
  const known = explainFileError(error, 'working');
  if (known instanceof Problem) {
    console.error(known.message);
    return known.exitCode;
  }
  // From etl/config.ts, which most commands need not load to fail.
  if (known instanceof Error && known.name === 'ConfigError') {
    console.error(known.message);
    return 2;
  }
  const id = randomBytes(4).toString('hex');
  const text = `${new Date().toISOString()} ${id} ${describe(known)}\n`;
  const file = join(home, 'logs', 'errors.log');
  try {
    appendFileSync(file, text, { mode: 0o600 });
    console.error(`Unexpected error ${id}: ${firstLine(known)} The details are in ${file}.`);
  } catch {
    console.error(`Unexpected error ${text}`);
  }
  return 1;
}

function firstLine(error: unknown): string {
  const line = String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return [error.stack, ...(error.cause ? [`caused by ${describe(error.cause)}`] : [])].join('\n');
}
