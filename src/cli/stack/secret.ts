import { join } from 'node:path';
import { keepSecret } from '../../../schema/postgres/files.ts';

/** What signs sessions and Cube tokens: given, or made once for this home. */
export function readSecret(home: string): string {
  return process.env.PULSE_SECRET || keepSecret(join(home, 'secret'));
}
