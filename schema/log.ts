import type { Logger } from 'pino';

/** What the rooms need of a pino logger. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
