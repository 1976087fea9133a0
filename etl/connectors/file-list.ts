import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import picomatch from 'picomatch';
import { globSync } from 'tinyglobby';

/** Names that programs give to files which they have not finished, and to locks beside them. */
const unfinished = /\.(part|partial|tmp|temp|crdownload|download|filepart|swp|lock)$|^~|~$/i;

/**
 * The files that a `files` source means: `path` is a file, folder or glob relative to the configuration;
 * `from` narrows it by file name or glob. Sorted by name, so that every run reads in the same order. Only what is a
 * file counts: whoever opens a pipe waits for ever. Files that are still being written are left out by their names.
 */
export function matchFiles(
  path: string,
  from: string | undefined,
  configPath: string,
): { files: string[]; pattern: string } {
  const root = dirname(configPath);
  const base = resolve(root, path);
  const exists = existsSync(base);
  const folder = exists && statSync(base).isDirectory() ? base : dirname(base);
  const options = { absolute: true, dot: false } as const;
  const all =
    exists && folder !== base
      ? [base]
      : exists
        ? globSync('**/*', { cwd: base, ...options })
        : globSync(path, { cwd: root, ...options });
  const wanted = from ? picomatch(from) : () => true;
  const files = all.filter(
    (file) =>
      (wanted(basename(file)) || wanted(relative(folder, file))) &&
      (file === base || !unfinished.test(basename(file))) &&
      isFile(file),
  );
  return { files: dropSame(files.sort()), pattern: from ? `${folder}/${from}` : base };
}

/** Links may lead to one file by several ways, even in circles: it is read once, under its shortest name. */
function dropSame(files: string[]): string[] {
  const names = new Map<string, string>();
  for (const file of files) {
    const real = realpathSync(file);
    const known = names.get(real);
    if (known === undefined || file.length < known.length) names.set(real, file);
  }
  const kept = new Set(names.values());
  return files.filter((file) => kept.has(file));
}

/** A link counts as what it leads to; one that leads nowhere, or round in a circle, is nothing. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
