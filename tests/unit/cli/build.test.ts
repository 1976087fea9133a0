import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { build } from '../../../src/cli/stack/build.ts';

const root = mkdtempSync(join(tmpdir(), 'pulse-build-'));
const builds = join(root, '.pulse/builds');
mkdirSync(join(root, 'src/cli'), { recursive: true });
const write = (file: string, text: string) => writeFileSync(join(root, file), text);

let made = 0;
const app = () =>
  build({
    root,
    kind: 'app',
    sources: ['static'],
    ignored: ['src/cli'],
    make: async (folder) => {
      mkdirSync(folder);
      utimesSync(folder, ++made, made);
    },
  });

test('a state of the sources is built once; what is ignored makes no difference', async () => {
  write('src/page.ts', 'one');
  const first = await app();
  write('src/cli/main.ts', 'other');
  expect(await app()).toBe(first);
  expect(made).toBe(1);
  write('static', 'icon');
  expect(await app()).not.toBe(first);
  expect(made).toBe(2);
});

test('the newest three stay; what is left of killed builds and of earlier layouts goes', async () => {
  for (const name of ['app/unfinished', 'app.unfinished', '0123456789abcdef', 'parts/0123456789abcdef'])
    mkdirSync(join(builds, name), { recursive: true });
  const names = [];
  for (const text of ['two', 'three', 'four', 'five']) {
    write('src/page.ts', text);
    names.push(basename(await app()));
  }
  expect(readdirSync(builds).sort()).toEqual(['app', 'parts']);
  expect(readdirSync(join(builds, 'app')).sort()).toEqual(names.slice(1).sort());
  expect(existsSync(join(builds, 'parts/0123456789abcdef'))).toBe(true);
});
