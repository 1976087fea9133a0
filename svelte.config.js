import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

// the one inline script that is not Kit's own
const [, early] = /<script>(.*?)<\/script>/s.exec(
  readFileSync(new URL('src/app.html', import.meta.url), 'utf8'),
);

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: true },
  kit: {
    adapter: adapter({ out: 'build', precompress: true }),
    // styles of a component are a few hundred bytes, and what has to be asked for keeps the first picture waiting
    inlineStyleThreshold: 4096,
    csp: {
      // a kept page is sent again as it is, which a number used once would forbid
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self', `sha256-${createHash('sha256').update(early).digest('base64')}`],
        'style-src': ['self'],
        // the one style attribute there is: Kit's own, on the line that tells screen readers of a new page
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'connect-src': ['self'],
        'manifest-src': ['self'],
        'base-uri': ['none'],
        'form-action': ['self'],
        'frame-ancestors': ['none'],
        'object-src': ['none'],
      },
    },
    typescript: {
      // the messages are compiled to JavaScript with types in its comments
      config: (config) => ({ ...config, compilerOptions: { ...config.compilerOptions, allowJs: true } }),
    },
    // hooks.server.ts compares with the Host header: people reach one installation by several names
    csrf: { trustedOrigins: ['*'] },
  },
};
