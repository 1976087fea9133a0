import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { explainFileError } from '../../schema/problem.ts';

/** Where everything is: the checkout, the folder of state, and the company's pulse.yaml (null: the demo). */
export type Place = { root: string; home: string; config: string | null };

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export function findPlace(env: NodeJS.ProcessEnv = process.env, cwd = process.cwd(), root = ROOT): Place {
  const config = findConfig(env, cwd, root);
  if (env.PULSE_HOME) return { root, home: resolve(env.INIT_CWD ?? cwd, env.PULSE_HOME), config };
  // One home holds one company: without a wish of its own, each configuration gets its own.
  return { root, home: join(root, '.pulse', ...(config ? ['homes', nameHome(config)] : [])), config };
}

function findConfig(env: NodeJS.ProcessEnv, cwd: string, root: string): string | null {
  const given = env.PULSE_CONFIG;
  if (!given) return existsSync(join(root, 'pulse.yaml')) ? join(root, 'pulse.yaml') : null;
  // npm moves to the package's folder and keeps where the person was in INIT_CWD.
  const there = env.INIT_CWD ? resolve(env.INIT_CWD, given) : null;
  return there && existsSync(there) ? there : resolve(cwd, given);
}

function nameHome(config: string): string {
  const folder = basename(dirname(config))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return `${folder}-${createHash('sha256').update(config).digest('hex').slice(0, 8)}`;
}

export function makeHome(home: string): void {
  try {
    // As root another user runs PostgreSQL and must pass through; the secrets inside are 0600.
    mkdirSync(join(home, 'logs'), { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  } catch (error) {
    throw explainFileError(error, `creating the folder of state ${home}`);
  }
}
