import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { compileMessages } from '../../../messages/compile.js';
import { build } from './build.ts';

/** The programs that run as processes of their own, each a few modules in place of thousands. */
const programs = [
  'src/worker.ts',
  'src/worker/report.ts',
  'src/cli/stack/helpdesk.ts',
  'src/cli/stack/load.ts',
  'src/cli/stack/people.ts',
  'src/cli/stack/seed.ts',
  'src/cli/stack/sources.ts',
];

/** Bundles the programs where their sources changed, and gives the folder they lie in, each by its own name. */
export function buildParts(root: string): Promise<string> {
  return build({
    root,
    kind: 'parts',
    sources: ['etl', 'schema', 'demo'],
    ignored: ['src/routes', 'src/lib/components'],
    make: async (folder) => {
      compileMessages();
      const { build: bundle, stop } = await import('esbuild');
      await bundle({
        absWorkingDir: root,
        entryPoints: programs.map((path) => ({ in: path, out: basename(path, '.ts') })),
        outdir: folder,
        bundle: true,
        splitting: true,
        platform: 'node',
        format: 'esm',
        target: 'node20',
        keepNames: true,
        logLevel: 'silent',
        plugins: [places, packages],
      });
      // its process would stay, with all that it has read
      await stop();
    },
  });
}

/** Files that a module reads lie beside its source, not beside the bundle. */
const places: Plugin = {
  name: 'places',
  setup({ onLoad }) {
    onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!source.includes('import.meta.')) return null;
      const contents = source
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href))
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)));
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' };
    });
  },
};

/** Packages stay what they are, but for charts: of those only what draws is taken, at a sixth of the memory. */
const packages: Plugin = {
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === 'entry-point' || /^(echarts|zrender|tslib)(\/|$)/.test(path) ? null : { path, external: true },
    );
  },
};
