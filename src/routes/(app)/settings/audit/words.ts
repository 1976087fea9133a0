import { m } from '#lib/paraglide/messages.js';
import type { Action } from '#lib/server/audit.ts';
import type { Search } from '#lib/server/trail.ts';

const did: Record<Action, () => string> = {
  sign_in: m.settings_did_sign_in,
  sign_in_failed: m.settings_did_sign_in_failed,
  sign_out: m.settings_did_sign_out,
  user_added: m.settings_did_user_added,
  user_changed: m.settings_did_user_changed,
  user_disabled: m.settings_did_user_disabled,
  user_enabled: m.settings_did_user_enabled,
  password_reset: m.settings_did_password_reset,
  password_changed: m.settings_did_password_changed,
  sessions_ended: m.settings_did_sessions_ended,
  two_factor_on: m.settings_did_two_factor_on,
  two_factor_off: m.settings_did_two_factor_off,
  identity_decided: m.settings_did_identity_decided,
  exported: m.settings_did_exported,
  incident_acknowledged: m.settings_did_incident_acknowledged,
  plans_saved: m.settings_did_plans_saved,
  plans_undone: m.settings_did_plans_undone,
  limits_changed: m.settings_did_limits_changed,
  calendar_changed: m.settings_did_calendar_changed,
  report_saved: m.schedules_did_saved,
  report_paused: m.schedules_did_paused,
  report_removed: m.schedules_did_removed,
  report_sent: m.schedules_did_sent,
  report_previewed: m.schedules_did_previewed,
  report_subscribed: m.schedules_did_subscribed,
  report_unsubscribed: m.schedules_did_unsubscribed,
};

/** Another version may have written what this one does not know. */
export const deedName = (action: string): string =>
  action in did ? did[action as Action]() : m.settings_did_other({ action });

export function actorName(actor: string): string {
  if (actor === 'command line') return m.settings_audit_cli();
  return actor === 'second step' ? m.settings_audit_second() : actor;
}

/** A page of the same search. */
export function addressOf(search: Search, page: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (value) query.set(key, value);
  query.set('page', String(page));
  return `/settings/audit?${query}`;
}
