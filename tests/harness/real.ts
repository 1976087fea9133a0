import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** The folder with real companies' exports, or null where nobody has put it. */
export function findRealData(): string | null {
  const folder = resolve(process.env.PULSE_REAL_DATA ?? `${import.meta.dirname}/../../../shared/data`);
  return existsSync(folder) ? folder : null;
}

/** For `describe.skipIf(noRealData)`: says once why. */
export const noRealData = findRealData() === null;
if (noRealData)
  console.warn('Skipped: no real data at ../shared/data; set PULSE_REAL_DATA to the folder with it.');
