import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { claim, readStack } from '../../../src/cli/stack/record.ts';
import type { Claim } from '../../../src/cli/stack/record.ts';

const makeHome = () => mkdtempSync(join(tmpdir(), 'pulse-record-'));

test('a home is held by one; the next sees who', () => {
  const home = makeHome();
  const held = claim(home, 'start', null) as Claim;
  held.update({ phase: 'ready', urls: { app: 'http://127.0.0.1:3000' } });
  expect(claim(home, 'command', null)).toMatchObject({ pid: process.pid, kind: 'start', phase: 'ready' });
  expect(readStack(home)?.urls.app).toBe('http://127.0.0.1:3000');
  expect(statSync(join(home, 'stack.json')).mode & 0o777).toBe(0o600);
  held.release();
  expect(readStack(home)).toBeNull();
});

test.each([
  ['whose process is gone', { pid: 2 ** 22 + 1 }],
  ['whose process id was reused', { started: 'another time' }],
])('a record %s holds nothing', (_, change) => {
  const home = makeHome();
  claim(home, 'start', null);
  const file = join(home, 'stack.json');
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...change }));
  expect(readStack(home)).toBeNull();
  expect(claim(home, 'command', null)).toHaveProperty('release');
});

test('a record that cannot be read holds nothing', () => {
  const home = makeHome();
  writeFileSync(join(home, 'stack.json'), '{"pid":');
  expect(claim(home, 'start', null)).toHaveProperty('release');
});
