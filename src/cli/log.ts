import { join } from 'node:path';
import pino from 'pino';
import type { Log } from '../../schema/log.ts';
import { rotate } from '../../schema/postgres/files.ts';

/** Details go to a file; what a person should see goes through steps. */
export function openLog(home: string, name: string): Log {
  const file = join(home, 'logs', `${name}.log`);
  rotate(file);
  return pino(
    { level: process.env.PULSE_LOG_LEVEL ?? 'info', base: undefined },
    pino.destination({ dest: file, sync: true }),
  );
}
