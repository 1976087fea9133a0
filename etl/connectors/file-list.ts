import { existsSync, statSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import picomatch from 'picomatch';
import { globSync } from 'tinyglobby';

/**
 * The files that a `files` source means: `path` is a file, folder or glob relative to the configuration;
 * `from` narrows it by file name or glob. Sorted by name, so that every run reads in the same order.
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
  const all =
    exists && folder !== base
      ? [base]
      : exists
        ? globSync('**/*', { cwd: base, absolute: true, dot: false })
        : globSync(path, { cwd: root, absolute: true, dot: false });
  const wanted = from ? picomatch(from) : () => true;
  const files = all.filter((file) => wanted(basename(file)) || wanted(relative(folder, file))).sort();
  return { files, pattern: from ? `${folder}/${from}` : base };
}
