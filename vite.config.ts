import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { options } from './messages/compile.js';

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
  plugins: [tailwindcss(), sveltekit(), paraglideVitePlugin(options)],
});
