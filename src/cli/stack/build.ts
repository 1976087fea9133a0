import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { withLock } from './lock.ts';

const kinds = ['app', 'parts'] as const;
const kept = 3;
const isFingerprint = /^[0-9a-f]{16}$/;

/** What is built, of which files of the checkout beside those of every build, and into which folder. */
export type Build = {
  root: string;
  kind: (typeof kinds)[number];
  sources: string[];
  ignored: string[];
  make(folder: string): Promise<void>;
};

/** What every build is made of; a folder stands for all in it. */
const common = {
  sources: ['src', 'messages', 'project.inlang/settings.json', 'package-lock.json'],
  ignored: ['src/lib/paraglide'],
};

/**
 * Gives the folder of a finished build of these very sources, and builds where there is none. Each state of the sources
 * has a folder of its own, which appears whole: what runs from an older build keeps the files it has yet to read.
 */
export async function build(wanted: Build): Promise<string> {
  const { root, kind } = wanted;
  const builds = join(root, '.pulse/builds', kind);
  const folder = join(builds, fingerprint(wanted));
  if (existsSync(folder)) return folder;
  return withLock(`${builds}.lock`, async () => {
    if (existsSync(folder)) return folder;
    mkdirSync(builds, { recursive: true });
    prune(builds);
    const unfinished = join(builds, 'unfinished');
    await wanted.make(unfinished);
    renameSync(unfinished, folder);
    return folder;
  });
}

/** Leaves the newest builds; what a killed one has left goes, and what an earlier layout kept beside the kinds. */
function prune(builds: string): void {
  const age = (name: string) => statSync(join(builds, name)).mtimeMs;
  const newest = readdirSync(builds)
    .filter((name) => isFingerprint.test(name))
    .sort((a, b) => age(b) - age(a))
    .slice(0, kept - 1);
  removeBut(newest, builds);
  removeBut(
    kinds.flatMap((kind) => [kind, `${kind}.lock`]),
    dirname(builds),
  );
}

function removeBut(names: string[], folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!names.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function fingerprint({ root, ...wanted }: Build): string {
  const sources = [...common.sources, ...wanted.sources];
  const ignored = [...common.ignored, ...wanted.ignored];
  // built files name others by their whole path
  const hash = createHash('sha256').update(root);
  for (const path of sources.flatMap((source) => list(join(root, source)))) {
    const name = relative(root, path);
    if (ignored.some((one) => name.startsWith(one))) continue;
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
