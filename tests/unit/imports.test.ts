import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** Which rooms a room may import from, by the longest prefix that fits; its own room always. */
const may: Record<string, string[]> = {
  'bin/': ['src/cli/'],
  'schema/': [],
  'etl/': [],
  'cube/': [],
  'demo/': ['etl/entities.ts', 'etl/config.ts'],
  'src/cli/': ['schema/', 'etl/', 'demo/', 'cube/', 'src/lib/', 'bin/', 'messages/', 'tests/bench/'],
  'src/worker.ts': ['etl/', 'schema/', 'src/lib/', 'src/worker/'],
  'src/worker/': ['etl/', 'schema/', 'src/lib/', 'src/worker.ts'],
  'src/lib/charts/': ['src/lib/'],
  'src/lib/components/': ['src/lib/'],
  'src/lib/server/': ['src/lib/'],
  'src/lib/': [],
  'src/': ['src/lib/'],
};
/** Inside src/lib: pure code never reaches for the server. */
const never: [from: RegExp, to: RegExp][] = [
  [/^src\/lib\/(?!server\/)/, /^src\/lib\/server\//],
  [/^src\/lib\/[^/]+\.ts$/, /^src\/lib\/components\//],
];

const outside: [from: RegExp, packages: RegExp, why: string][] = [
  [/^src\/(lib\/server|worker|cli)/, /^\$(app|env)\//, 'the worker runs these files without Kit'],
  [/^src\/lib\/[^/]+\.ts$/, /^node:|^pg$|^knex$/, 'pure code runs anywhere'],
  [/^etl\//, /^svelte|^@sveltejs|^@cubejs/, 'loading knows no page'],
  [/^bin\//, /^(?!node:|tsx\/)/, 'the door opens before anything is installed'],
];

const files = ['bin', 'schema', 'etl', 'cube', 'demo', 'src'].flatMap((folder) => walk(join(root, folder)));

function walk(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile())
    return /\.(ts|js|svelte)$/.test(path) && !path.includes('/paraglide/') ? [path] : [];
  return readdirSync(path).flatMap((name) => (name === 'node_modules' ? [] : walk(join(path, name))));
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(
    /(?:^|\s)(?:import|export)\s[^;'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? match[3] ?? '').filter(Boolean);
}

function toPath(file: string, specifier: string): string | null {
  if (specifier.startsWith('#lib/')) return `src/lib/${specifier.slice(5)}`;
  if (specifier.startsWith('.')) return relative(root, resolve(dirname(file), specifier));
  return null;
}

function roomOf(path: string): string {
  return Object.keys(may).reduce(
    (best, prefix) => (path.startsWith(prefix) && prefix.length > best.length ? prefix : best),
    '',
  );
}

describe('arrows between rooms', () => {
  test('there are files to look at', () => expect(files.length).toBeGreaterThan(50));

  test.each(files.map((file) => [relative(root, file), file]))('%s', (path, file) => {
    const room = roomOf(path);
    for (const specifier of importsOf(file)) {
      const target = toPath(file, specifier);
      if (target === null) {
        for (const [from, packages, why] of outside) {
          if (from.test(path))
            expect(specifier, `${path} imports ${specifier}: ${why}`).not.toMatch(packages);
        }
        continue;
      }
      const isAllowed =
        target.startsWith(room) || (may[room] ?? []).some((prefix) => target.startsWith(prefix));
      expect(isAllowed, `${path} must not import ${target}`).toBe(true);
      for (const [from, to] of never)
        if (from.test(path)) expect(target, `${path} must stay pure`).not.toMatch(to);
    }
  });
});
