import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Place } from '../place.ts';
import { compileMessages } from '../../../messages/compile.js';
import { withLock } from './lock.ts';
import { spawnPart } from './part.ts';
import type { Part } from './part.ts';

/** What the built app depends on. */
const SOURCES = [
  'src',
  'static',
  'messages',
  'project.inlang/settings.json',
  'svelte.config.js',
  'vite.config.ts',
  'package-lock.json',
];
const IGNORED = ['src/cli', 'src/worker.ts', 'src/lib/paraglide'];
const KEPT = 3;

/** The entry of a finished build of these very sources, or null. */
export function findBuild(root: string): string | null {
  const entry = join(root, '.pulse/builds', fingerprint(root), 'index.js');
  return existsSync(entry) ? entry : null;
}

/**
 * Builds the app when its sources changed. Each state of the sources has a folder of its own, which appears whole:
 * an app that runs from an older build keeps the files it has yet to read.
 */
export async function buildApp(place: Place, own: (part: Part) => Part): Promise<string> {
  const { root } = place;
  // The worker reads the messages from the sources, whatever build the app runs from.
  const ready = findBuild(root);
  if (ready) {
    compileMessages();
    return ready;
  }
  const builds = join(root, '.pulse/builds');
  return withLock(join(root, '.pulse/build.lock'), async () => {
    const found = findBuild(root);
    if (found) return found;
    const folder = join(builds, fingerprint(root));
    rmSync(join(root, 'build'), { recursive: true, force: true });
    const part = own(
      spawnPart({
        name: 'build',
        file: join(root, 'src/cli/stack/vite.ts'),
        ...place,
        env: { ...process.env, NODE_ENV: 'production' },
        isJob: true,
      }),
    );
    const code = await part.ended;
    if (code !== 0) throw await part.failure();
    mkdirSync(builds, { recursive: true });
    renameSync(join(root, 'build'), folder);
    prune(builds);
    return join(folder, 'index.js');
  });
}

function prune(builds: string): void {
  const age = (name: string) => statSync(join(builds, name)).mtimeMs;
  const old = readdirSync(builds)
    .sort((a, b) => age(b) - age(a))
    .slice(KEPT);
  for (const name of old) rmSync(join(builds, name), { recursive: true, force: true });
}

function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const path of SOURCES.flatMap((source) => list(join(root, source)))) {
    const name = relative(root, path);
    if (IGNORED.some((ignored) => name.startsWith(ignored))) continue;
    hash.update(name).update('\0').update(readFileSync(path)).update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

function list(path: string): string[] {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
