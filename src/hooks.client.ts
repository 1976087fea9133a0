import type { ClientInit } from '@sveltejs/kit';

/**
 * The page is painted before it comes alive: all that is read stands in its HTML. In a tab that nobody sees there is
 * no frame to wait for.
 */
export const init: ClientInit = () =>
  new Promise((alive) => {
    if (document.hidden) alive();
    else requestAnimationFrame(() => setTimeout(alive));
  });
