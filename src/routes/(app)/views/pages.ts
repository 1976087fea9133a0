/// <reference types="vite/client" />
import { find } from '#lib/metrics.ts';
import * as catalogue from '#lib/server/catalogue.ts';

const patterns = Object.keys(import.meta.glob('../**/+page.svelte')).map((file) => {
  const path = file.replace(/^\.\.|\/\+page\.svelte$/g, '') || '/';
  return new RegExp(`^${path.replace(/[.+]/g, '\\$&').replace(/\[[^\]]+\]/g, '[^/]+')}$`);
});

/** Whether this version of the product still has the page; a metric may have gone while its page is there. */
export async function isPage(path: string): Promise<boolean> {
  if (!patterns.some((pattern) => pattern.test(path))) return false;
  const [, metric] = /^\/drill\/([^/]+)$/.exec(path) ?? [];
  if (!metric) return true;
  return catalogue.read().then(
    () => find(metric) !== null,
    () => true,
  );
}
