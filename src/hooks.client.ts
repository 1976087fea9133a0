import type { ClientInit } from '@sveltejs/kit';
import { isLocale, overwriteGetLocale } from '#lib/paraglide/runtime.js';

// the document says it; the cookie would be asked of another process for every text
const { lang } = document.documentElement;
if (isLocale(lang)) overwriteGetLocale(() => lang);

/**
 * The page is painted before it comes alive: all that is read stands in its HTML. In a tab that nobody sees there is
 * no frame to wait for.
 */
export const init: ClientInit = () =>
  new Promise((alive) => {
    if (document.hidden) alive();
    else requestAnimationFrame(() => setTimeout(alive));
  });
