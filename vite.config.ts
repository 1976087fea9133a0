import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  // it names svelte among its peers, for which it would be taken for a library of components and bundled
  ssr: { external: ['better-auth'] },
  plugins: [
    tailwindcss(),
    sveltekit(),
    paraglideVitePlugin({
      project: './project.inlang',
      outdir: './src/lib/paraglide',
      outputStructure: 'message-modules',
      strategy: ['cookie', 'preferredLanguage', 'baseLocale'],
      cookieName: 'pulse_locale',
      emitReadme: false,
      emitPrettierIgnore: false,
    }),
  ],
});
