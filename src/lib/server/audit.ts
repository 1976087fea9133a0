import { log } from './log.ts';
import { warehouse } from './warehouse.ts';

export const actions = [
  'sign_in',
  'sign_in_failed',
  'sign_out',
  'user_added',
  'user_changed',
  'user_disabled',
  'user_enabled',
  'password_reset',
  'password_changed',
  'sessions_ended',
  'two_factor_on',
  'two_factor_off',
  'identity_decided',
  'exported',
  'incident_acknowledged',
  'plans_saved',
  'plans_undone',
  'limits_changed',
  'calendar_changed',
  'report_saved',
  'report_paused',
  'report_removed',
  'report_sent',
  'report_previewed',
  'report_subscribed',
  'report_unsubscribed',
] as const;
export type Action = (typeof actions)[number];

export type Entry = {
  action: Action;
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
