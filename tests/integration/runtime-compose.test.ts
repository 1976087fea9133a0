import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const commands = [['docker-compose'], ['docker', 'compose']];
const compose = commands.find(([file = '', ...rest]) => spawnSync(file, [...rest, 'version']).status === 0);
if (!compose)
  console.warn('Skipped: neither docker-compose nor docker compose is here to judge docker-compose.yml.');

describe.skipIf(!compose)('docker-compose.yml', () => {
  const run = (env: NodeJS.ProcessEnv) => {
    const [file = '', ...rest] = compose ?? [];
    return spawnSync(file, [...rest, 'config'], {
      cwd: root,
      env: { PATH: process.env.PATH, ...env },
      encoding: 'utf8',
    });
  };

  test('is accepted as it is, and names every part', () => {
    const { status, stdout, stderr } = run({});
    expect(stderr).not.toMatch(/error/i);
    expect(status).toBe(0);
    for (const part of [
      'warehouse',
      'cube_api',
      'cube_refresh_worker',
      'cube_store',
      'app',
      'worker',
      'mail',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${part}:$`, 'm'));
    }
  });

  test('gives one secret to all that sign or read tokens, and opens ports on loopback only', () => {
    const { stdout } = run({ PULSE_SECRET: 'a-secret-for-this-test' });
    expect(stdout.match(/PULSE_SECRET: a-secret-for-this-test/g)).toHaveLength(5);
    expect(stdout.match(/CUBEJS_API_SECRET: a-secret-for-this-test/g)).toHaveLength(2);
    expect(stdout).not.toMatch(/^ +- (0\.0\.0\.0:)?\d+:\d+/m);
  });
});
