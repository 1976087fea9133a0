import { createSubscriber } from 'svelte/reactivity';
import type { Mode } from '#lib/charts/palette.ts';

const subscribe = createSubscriber((update) => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const printing = matchMedia('print');
  const switched = new MutationObserver(update);
  dark.addEventListener('change', update);
  printing.addEventListener('change', update);
  switched.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return () => {
    dark.removeEventListener('change', update);
    printing.removeEventListener('change', update);
    switched.disconnect();
  };
});

/** Light or dark as it is now; paper is always light. */
export const mode = {
  get isPrinting(): boolean {
    subscribe();
    return matchMedia('print').matches;
  },
  get current(): Mode {
    subscribe();
    if (mode.isPrinting) return 'light';
    const { theme } = document.documentElement.dataset;
    if (theme === 'light' || theme === 'dark') return theme;
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  },
};
