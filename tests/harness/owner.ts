// A process that owns a PostgreSQL and does nothing else, for tests that kill it.
import pino from 'pino';
import { startPostgres } from '../../schema/postgres.ts';

const home = process.argv[2] ?? '';
const { url, port, dataFolder, stop } = await startPostgres({ home, log: pino({ level: 'silent' }) });
process.send?.({ url, port, dataFolder });
process.on('message', (message) => {
  if (message === 'stop') void stop().then(() => process.exit(0));
});
