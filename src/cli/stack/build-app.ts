import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../place.ts';
import { compileMessages } from '../../../messages/compile.js';
import { build } from './build.ts';
import { spawnPart } from './part.ts';
import type { Part } from './part.ts';

/** Builds the app where its sources changed, and gives the path of its entry. */
export async function buildApp(place: Place, own: (part: Part) => Part): Promise<string> {
  const { root } = place;
  const folder = await build({
    root,
    kind: 'app',
    sources: ['static', 'svelte.config.js', 'vite.config.ts'],
    ignored: ['src/cli', 'src/worker'],
    make: async (unfinished) => {
      compileMessages();
      const written = join(root, 'build');
      rmSync(written, { recursive: true, force: true });
      const part = own(
        await spawnPart({
          name: 'build',
          file: join(root, 'src/cli/stack/vite.js'),
          ...place,
          env: { ...process.env, NODE_ENV: 'production' },
          isJob: true,
        }),
      );
      if ((await part.ended) !== 0) throw await part.failure();
      renameSync(written, unfinished);
    },
  });
  return join(folder, 'index.js');
}
