import type { Logger } from 'pino';
import { removeOld } from '../lib/server/reports/deliveries.ts';
import { warehouse } from '../lib/server/warehouse.ts';

const keptDays = 400;

/** What nobody can use any more: sessions that ended, marks of sign-ins that are over, deliveries of last year. */
export async function tidy(log: Logger): Promise<void> {
  const deliveries = await removeOld(keptDays);
  const sessions = await warehouse()('app.sessions').where('expires_at', '<', new Date()).delete();
  const verifications = await warehouse()('app.verifications').where('expires_at', '<', new Date()).delete();
  const dayAgo = Date.now() - 86_400_000;
  const limits = await warehouse()('app.rate_limits').where('last_request', '<', dayAgo).delete();
  log.info({ deliveries, sessions, verifications, limits }, 'Tidied up');
}
