import { log } from './log.ts';
import { warehouse } from './warehouse.ts';

export type Entry = {
  action:
    | 'sign_in'
    | 'sign_in_failed'
    | 'sign_out'
    | 'user_added'
    | 'user_disabled'
    | 'identity_decided'
    | 'exported'
    | 'incident_acknowledged';
  subject?: string;
  user_id?: string;
  actor?: string;
  details?: Record<string, unknown>;
  ip_address?: string;
};

/** Who did what. Failing to write it down must not stop the person. */
export async function record({ actor = 'command line', details = {}, ...entry }: Entry): Promise<void> {
  try {
    await warehouse()('app.audit').insert({ ...entry, actor, details: JSON.stringify(details) });
  } catch (error) {
    log.error({ err: error, action: entry.action }, 'The audit log cannot be written');
  }
}
