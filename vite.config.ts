import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import { options } from './messages/compile.js';

export default defineConfig({
  // it names svelte among its peers, for which it would be taken for a library of components and bundled
  ssr: { external: ['better-auth'] },
  plugins: [tailwindcss(), sveltekit(), paraglideVitePlugin(options)],
});
