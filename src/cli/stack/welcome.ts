import { existsSync, readFileSync } from 'node:fs';
import { askPeople } from '../people.ts';
import type { Stack } from './raise.ts';

/** The last thing `start` says: where to go, as whom, and where everything is kept. */
export async function welcome({ place, steps, urls, dataFolder, own }: Stack, began: number): Promise<void> {
  const { email, passwordFile } = await askPeople(place, urls.warehouse, 'ensureAdmin', place.home, own);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  steps.say(
    [
      '',
      `Pulse is ready (${seconds} s)`,
      `  Address  ${urls.app}`,
      `  Login    ${email}, ${describePassword(passwordFile)}`,
      `  State    ${place.home} (logs in logs/)`,
      ...(dataFolder?.startsWith(place.home) === false ? [`  Data     ${dataFolder}`] : []),
      '  Ctrl-C stops everything',
      '',
    ].join('\n'),
  );
}

function describePassword(file: string): string {
  return existsSync(file)
    ? `password ${readFileSync(file, 'utf8').trim()} (kept in ${file})`
    : 'with your password';
}
