import type { Stack } from './raise.ts';

/** The last thing `start` says: where to go, as whom, and where everything is kept. */
export async function welcome({ place, steps, urls }: Stack, began: number): Promise<void> {
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  steps.say(
    [
      '',
      `Pulse is ready (${seconds} s)`,
      `  Address  ${urls.app}`,
      `  State    ${place.home} (logs in logs/)`,
      '  Ctrl-C stops everything',
      '',
    ].join('\n'),
  );
}
