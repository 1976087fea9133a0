import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { findProcesses, waitUntil } from '../harness/processes.ts';
import { makeHome, runPulse, startStack } from '../harness/stack.ts';

const root = resolve(import.meta.dirname, '../..');
const golden = { PULSE_CONFIG: join(root, 'tests/fixtures/golden/pulse.yaml') };
const { home, remove } = makeHome();
const clean: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (let step = clean.pop(); step; step = clean.pop()) await step();
});
afterAll(remove);

async function start(env: NodeJS.ProcessEnv = {}) {
  const stack = await startStack(home, { ...golden, ...env });
  clean.push(() => stack.stop());
  return stack;
}

/** Every process of the stack has the home in its command line or was started by one that has. */
const noneLeft = (pids: number[]) =>
  waitUntil(
    () => [...findProcesses(home).map(({ command }) => command), ...pids.filter(isThere)],
    (left) => left.length === 0,
  );

function isThere(pid: number): boolean {
  return (
    spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
      .stdout.trim()
      .replace(/^Z.*/, '') !== ''
  );
}

function findChildren(pid: number): number[] {
  const rows = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const direct = rows.filter(([, parent]) => parent === pid).map(([child = 0]) => child);
  return direct.flatMap((child) => [child, ...findChildren(child)]);
}

describe('a running stack', { timeout: 240_000 }, () => {
  test('answers, is used by other commands, refuses a second of its kind, and ends with its parts on SIGTERM', async () => {
    const stack = await start();
    const parts = findChildren(stack.process.pid ?? 0);
    expect(parts.length).toBeGreaterThanOrEqual(4);
    expect((await fetch(`${stack.address}/health`)).status).toBe(200);
    expect(stack.password.length).toBeGreaterThan(9);

    const query = runPulse(['query', '{"measures":["sales.deals_won"]}'], home, golden);
    const { code, stdout, stderr } = await query.ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual([{ 'sales.deals_won': expect.any(Number) as number }]);
    expect(stderr).not.toMatch(/PostgreSQL/);

    const second = await runPulse(['start'], home, golden).ended;
    expect(second.code).toBe(1);
    expect(second.stderr.trim()).toMatch(/^Pulse already runs at http:\S+ on .* \(process \d+\): [^\n]+$/);

    const began = Date.now();
    expect((await stack.stop()).code).toBe(0);
    expect(Date.now() - began).toBeLessThan(20_000);
    await noneLeft(parts);
    expect(existsSync(join(home, 'stack.json'))).toBe(false);
  });

  test('is killed outright: nothing is left, and the next start needs no help', async () => {
    const stack = await start();
    const parts = findChildren(stack.process.pid ?? 0);
    stack.process.kill('SIGKILL');
    await noneLeft(parts);
    const again = await start();
    expect((await fetch(`${again.address}/health`)).status).toBe(200);
  });

  test.each([
    ['worker', /\/worker\.js/],
    ['postgres', /guard\.js/],
  ])('ends as a whole, with a sentence, when %s is killed', async (part, command) => {
    const stack = await start();
    const parts = findChildren(stack.process.pid ?? 0);
    const victim = parts.find((pid) =>
      command.test(spawnSync('ps', ['-o', 'args=', '-ww', '-p', String(pid)], { encoding: 'utf8' }).stdout),
    );
    if (!victim) throw new Error(`no process of ${part}`);
    process.kill(victim, 'SIGKILL');
    const { code, stderr } = await stack.ended;
    expect(code).toBe(1);
    expect(stderr.toLowerCase()).toContain(part);
    expect(stderr).toMatch(/ended unexpectedly/);
    expect(stderr).not.toMatch(/Unexpected error/);
    await noneLeft(parts);
  });

  test('takes the next free port and says so, opens no other address, and refuses a port that was asked for and is taken', async () => {
    const taken = createServer();
    taken.listen(3000, '127.0.0.1');
    // If someone else has it already, that does as well.
    await once(taken, 'listening').catch(() => undefined);
    clean.push(() => taken.close());

    const refused = await runPulse(['start'], home, { ...golden, PORT: '3000' }).ended;
    expect(refused.code).toBe(1);
    expect(refused.stderr.trim()).toMatch(/^Port 3000 of 127\.0\.0\.1 is taken[^\n]+$/);

    const stack = await start();
    expect(stack.said()).toMatch(/Port 3000 is taken: using 30\d\d/);
    expect(stack.address).toMatch(/^http:\/\/127\.0\.0\.1:30\d\d$/);
  });
});

test('wrong settings stop with exit 2, name file, line and key, and touch nothing', async () => {
  const other = makeHome();
  clean.push(other.remove);
  const folder = join(other.home, '..', 'company');
  mkdirSync(folder);
  const config = join(folder, 'pulse.yaml');
  writeFileSync(config, 'sources:\n  crm:\n    kind: files\n    pth: secret.csv\n');
  for (const args of [['start'], ['query', '{}'], ['etl', 'run'], ['config', 'check']]) {
    const { code, stderr } = await runPulse(args, other.home, { PULSE_CONFIG: config }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(new RegExp(`${config}:\\d+:\\d+ \\S*pth`));
    expect(stderr).not.toContain('secret.csv');
    expect(existsSync(other.home)).toBe(false);
  }
});

test.each([
  [['query', '{"measures":'], /not JSON/],
  [['query', '[]'], /not a JSON object/],
  [['query', '{}', '--format', 'xml'], /json, csv/],
  [['qurey'], /unknown command/],
  [['migrate', '--down'], /--yes/],
])('wrong usage %j gives exit 2', async (args, sentence) => {
  const { code, stdout, stderr } = await runPulse(args, join(home, 'unused')).ended;
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(sentence);
  expect(existsSync(join(home, 'unused'))).toBe(false);
});
