import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { options } from './messages/compile.js';

/**
 * What most pages need comes in two scripts, of libraries and of our own, in place of fifty: over a telephone each handful
 * of requests is a turn of waiting, and each costs the browser as much as a few kilobytes more.
 */
const fewScripts: Plugin = {
  name: 'few-scripts',
  config: (_, { isSsrBuild }) =>
    isSsrBuild
      ? {}
      : {
          build: {
            rolldownOptions: {
              output: {
                codeSplitting: {
                  groups: [
                    { name: 'vendor', test: /node_modules/, minShareCount: 3 },
                    { name: 'shared', minShareCount: 3 },
                  ],
                },
              },
            },
          },
        },
};

export default defineConfig({
  // of charts only what draws is taken: whole, they would hold more memory than all our own code
  // better-auth names svelte among its peers, for which it would be taken for a library of components and bundled
  ssr: { external: ['better-auth'], noExternal: ['echarts', 'zrender'] },
  resolve: {
    alias: [
      // what each icon of lucide is drawn by
      {
        find: /^\.\.\/Icon\.svelte$/,
        replacement: fileURLToPath(import.meta.resolve('./src/lib/components/Icon.svelte')),
      },
    ],
  },
  plugins: [fewScripts, tailwindcss(), sveltekit(), paraglideVitePlugin(options)],
});
