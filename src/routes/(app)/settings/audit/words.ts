import { m } from '#lib/paraglide/messages.js';
import type { Action } from '#lib/server/audit.ts';
import type { RuleName } from '#lib/server/incidents/rule.ts';
import type { Search } from '#lib/server/trail.ts';
import { roles } from '#lib/viewer.ts';
import { choiceName, ruleName, ruleNames } from '../limits/words.ts';
import { roleName } from '../words.ts';

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

const keys: Record<string, () => string> = {
  role: m.settings_detail_role,
  was: m.settings_detail_was,
  teams: m.settings_detail_teams,
  employees: m.settings_detail_employees,
  lines: m.settings_detail_lines,
  batch: m.settings_detail_batch,
  by: m.settings_detail_by,
  second_step: m.settings_detail_second_step,
  reason: m.settings_detail_reason,
  form: m.settings_detail_form,
  state: m.settings_detail_state,
  name: m.settings_detail_name,
  year: m.settings_detail_year,
  days: m.settings_detail_days,
  comment: m.settings_detail_comment,
  verdict: m.settings_detail_verdict,
};
const values: Record<string, () => string> = {
  link: m.settings_detail_link,
  app: m.settings_detail_app,
  'backup code': m.settings_detail_backup,
};

/** A detail in words; of a limit what it was and is. What has no word of ours stays as it was written. */
export function detailOf([key, value]: [string, string]): { name: string; text: string } {
  const change = /^(limits|incidents)\./.test(key) ? readChange(value) : null;
  if (change) {
    const [rule] = /rules\.(\w+)/.exec(key)?.slice(1) ?? [];
    const name = choiceName({ name: key.replace(/^incidents\.rules\.\w+\.|^\w+\./, '').replace('.', '_') });
    const title = rule && rule in ruleNames ? `${ruleName(rule as RuleName)}, ${name.toLowerCase()}` : name;
    return { name: title, text: `${change.was} → ${change.is}` };
  }
  const role = roles.find((one) => one === value);
  const text = role && ['role', 'was'].includes(key) ? roleName(role) : (values[value]?.() ?? value);
  return { name: keys[key]?.() ?? key, text };
}

function readChange(text: string): { was: string; is: string } | null {
  try {
    const { was, is } = JSON.parse(text) as Record<string, unknown>;
    const say = (value: unknown) =>
      value === null ? '—' : typeof value === 'object' ? Object.values(value).join('–') : String(value);
    return { was: say(was), is: say(is) };
  } catch {
    return null;
  }
}

/** A page of the same search. */
export function addressOf(search: Search, page: number): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (value) query.set(key, value);
  query.set('page', String(page));
  return `/settings/audit?${query}`;
}
